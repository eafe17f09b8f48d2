"""A user's attacker and reward term play on CybORG, too."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.attackers import ATTACKERS, register_attacker
from acd_plugin.envs.cyborg.blueprint import CyborgBlueprint
from acd_plugin.envs.cyborg.cyborg_backend.batch import CyborgBatchEnv
from acd_plugin.envs.cyborg.definition import define_game
from acd_plugin.envs.cyborg.reward_terms import REWARD_TERMS, register_reward_term
from acd_plugin.errors import UserError
from tests.envs.cyborg import plugged
from tests.envs.cyborg.games import env_args

pytestmark = pytest.mark.usefixtures("cyborg")


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    register_attacker("sleeper", plugged.sleeper)
    register_reward_term("blocks", plugged.blocks)
    yield
    del ATTACKERS["sleeper"], REWARD_TERMS["blocks"]


def play(*overrides: str) -> tuple[NDArray[np.float64], dict[str, NDArray[np.float64]]]:
    args = env_args("backend=cyborg", "time_limit=12", *overrides)
    batch = CyborgBlueprint(args).make_batch(1, seed=5)
    batch.reset(0, Purpose.TRAIN)
    rewards = []
    for action in range(12):
        rewards.append(batch.step(np.array([[7 * (action % 2), 0]])).rewards[0])
    batch.close()
    return np.array(rewards), batch.episode_stats()


def test_the_terms_are_added_to_cyborgs_own_reward() -> None:
    plain, _ = play()
    rewards, stats = play("reward_terms={'blocks': -0.25}")
    np.testing.assert_allclose(rewards, plain - 0.25 * (np.arange(12) % 2))
    assert stats["reward_blocks"][0] == -1.5


def test_the_attacker_is_the_users() -> None:
    rewards, stats = play("attacker=sleeper")
    assert stats["hosts_compromised"][0] == 0
    assert rewards.tolist() == [0.0, -1.0] * 6


def test_an_exploit_without_a_scan_is_told_by_name() -> None:
    """Where the trial before a start has not seen it."""
    register_attacker("unscanned", plugged.unscanned)
    try:
        definition = define_game(env_args("backend=cyborg", "attacker=unscanned"))
    finally:
        del ATTACKERS["unscanned"]
    batch = CyborgBatchEnv(definition, 2, 0, processes=2)
    batch.reset(0, Purpose.TRAIN)
    told = (
        "attacker 'unscanned' failed: .* games 0 to 0 on CybORG .* exploits User1, which it has not"
    )
    with pytest.raises(UserError, match=told):
        batch.step(np.zeros((2, batch.n_agents), dtype=np.int64))
