"""Copies of an environment: seeds that nobody shares, and what is told of them."""

from __future__ import annotations

import numpy as np
import pytest

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.env_loop import copy_seed
from acd_plugin.envs.loop_blueprint import LoopBlueprint
from acd_plugin.errors import UserError
from tests.toy_envs import SignalEnv


def test_copies_of_neighbouring_runs_share_no_seed() -> None:
    seeds = {copy_seed(seed, game) for seed in range(20) for game in range(128)}
    assert len(seeds) == 20 * 128
    assert all(0 <= seed < 2**32 for seed in seeds)
    assert copy_seed(0, 0) == 2968811710  # numpy promises that it stays so


def test_a_loop_tells_no_truth_and_names_the_file_that_it_comes_from() -> None:
    blueprint = LoopBlueprint(SignalEnv, {})
    batch = blueprint.make_batch(2, seed=0)
    assert batch.truths() == {}
    assert blueprint.comm_layout is None
    assert blueprint.identity.keys() == {"environment"}
    assert blueprint.sizes().episode_limit == 2


def test_games_begin_before_they_are_played() -> None:
    batch = LoopBlueprint(SignalEnv, {}).make_batch(2, seed=0)
    with pytest.raises(UserError, match=r"call reset\(\) before step"):
        batch.step(np.zeros((2, 2), np.int64))
    batch.reset(0, Purpose.TRAIN)
    batch.step(np.zeros((2, 2), np.int64))


def test_what_cannot_be_done_is_told() -> None:
    env = SignalEnv()
    env.reset()
    with pytest.raises(UserError, match="agent_id is 2: must be an integer from 0 to 1"):
        env.get_obs_agent(2)
    with pytest.raises(UserError, match="SignalEnv saves no replays of its own: leave save_replay"):
        env.save_replay()
