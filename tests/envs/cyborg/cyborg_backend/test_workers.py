"""Games in worker processes: same results however many there are; failures are told."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.cyborg_backend.batch import CyborgBatchEnv
from acd_plugin.envs.cyborg.cyborg_backend.step_record import Orders
from acd_plugin.envs.cyborg.cyborg_backend.workers import WorkerWorlds
from acd_plugin.envs.cyborg.definition import define_game
from acd_plugin.envs.cyborg.game.types import NOBODY, Red
from testbed.policies import random_allowed
from tests.envs.cyborg.games import env_args

pytestmark = pytest.mark.usefixtures("cyborg")
GAME = define_game(env_args("time_limit=8"))


def play(processes: int, seed: int = 5) -> list[NDArray[np.float32]]:
    batch = CyborgBatchEnv(GAME, 3, seed, processes)
    rng = np.random.default_rng(0)
    seen = []
    for episode in (0, 3):
        batch.reset(episode, Purpose.TRAIN)
        for _ in range(batch.episode_limit):
            rewards = batch.step(random_allowed(batch, rng)).rewards
            seen += [batch.observations.copy(), rewards.astype(np.float32)]
    batch.close()
    return seen


def test_results_do_not_depend_on_the_number_of_processes() -> None:
    alone = play(processes=1)
    for other in (play(processes=1), play(processes=2), play(processes=3)):
        for ours, theirs in zip(alone, other, strict=True):
            np.testing.assert_array_equal(ours, theirs)
    other_seed = play(processes=1, seed=6)
    assert any((a != b).any() for a, b in zip(alone, other_seed, strict=True))


def started() -> tuple[CyborgBatchEnv, NDArray[np.int64]]:
    batch = CyborgBatchEnv(GAME, 2, seed=0, processes=2)
    batch.reset(0, Purpose.TRAIN)
    return batch, np.zeros((2, batch.n_agents), dtype=np.int64)


def test_a_killed_worker_is_told() -> None:
    batch, actions = started()
    assert isinstance(batch.worlds, WorkerWorlds)
    victim = batch.worlds.processes[1]
    victim.kill()
    victim.join()
    with pytest.raises(RuntimeError, match=r"games 1 to 1 on CybORG failed: .* killed by SIGKILL"):
        batch.step(actions)
    assert not any(process.is_alive() for process in batch.worlds.processes)


def test_an_error_in_a_worker_is_told_in_one_line_with_its_traceback_as_cause() -> None:
    batch, actions = started()
    numbers = (Red.SCAN, 99, batch.rules.foothold, NOBODY)  # there is no host 99
    thwarted = np.zeros(actions.shape, dtype=np.bool_)
    orders = Orders(actions, thwarted, *(np.full(2, number) for number in numbers))
    told = r"games 0 to 0 on CybORG failed: IndexError: list index out of range$"
    with pytest.raises(RuntimeError, match=told) as caught:
        batch.worlds.step(orders)
    assert "world.py" in str(caught.value.__cause__)
