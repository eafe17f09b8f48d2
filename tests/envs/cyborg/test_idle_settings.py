"""What is called idle on a network changes no bit of any game, and all the rest changes some."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from acd_plugin.configuration.layers import load_environment, merge
from acd_plugin.configuration.nested import flat, value_at
from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.blueprint import CyborgBlueprint
from tests.slow import slow

_GAMES = 256
_OTHER: dict[str, object] = {"own": "team", "sau": "free", "free": "sau"}
# What others read than the game's rules, or makes it another one.
_NOT_PLAYED = {"scenario", "backend", "attacker", "comm_gate", "bootstrap_at_time_limit"}
_NOT_PLAYED |= {"time_limit", "host_profile", "networks", "games_per_network", "reward_terms"}


def _other(value: object) -> object:
    """Return another legal value."""
    if isinstance(value, bool):
        return not value
    return value / 2 + 0.2 if isinstance(value, float) else _OTHER[str(value)]


def _nested(key: str, value: object) -> dict[str, object]:
    first, _, rest = key.partition(".")
    return {first: _nested(rest, value) if rest else value}


def _played(env_args: Mapping[str, object]) -> list[NDArray[np.generic]]:
    """Return what everybody saw, could do and was paid in games of random actions."""
    batch = CyborgBlueprint(env_args).make_batch(_GAMES, seed=0)
    layout = CyborgBlueprint(env_args).comm_layout
    batch.reset(0, Purpose.TRAIN)
    dice = np.random.default_rng(0)
    found: list[NDArray[np.generic]] = [layout.unlocked_by_message & ~batch.available_actions[0]]
    for _ in range(batch.episode_limit):
        wish = dice.random(batch.available_actions.shape)
        actions = (wish * batch.available_actions).argmax(-1)
        found += [batch.observations.copy(), batch.available_actions.copy()]
        found.append(batch.step(actions).rewards.copy())
    return found


@pytest.mark.parametrize(
    "env",
    [
        "hidden_hour",
        "blind_repair",
        *slow(["hidden_target", "cyborg_small", "cyborg_small_no_block", "heterogeneous"]),
        *slow(["branch_office", "cyborg_large"]),
    ],
)
def test_a_setting_changes_games_unless_it_is_called_idle(env: str) -> None:
    env_args = load_environment(env)["env_args"]
    idle = CyborgBlueprint(env_args).ignored
    before = _played(env_args)
    for key in flat(env_args):
        if key in _NOT_PLAYED or key.startswith("generator."):
            continue
        other = merge(env_args, _nested(key, _other(value_at(env_args, key))))
        same = all(map(np.array_equal, before, _played(other)))
        assert same == (key in idle), key
