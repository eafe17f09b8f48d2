"""Allocate the arrays in which games are played."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.cyborg.game.observation import BITS_PER_HOST
from acd_plugin.envs.cyborg.game.types import PADDING, Dice, EpisodeTotals, GameState, Rules

ItemT = TypeVar("ItemT", bound=np.generic)


def observation_size(rules: Rules) -> int:
    """Return the length of an agent's observation."""
    bits = BITS_PER_HOST * rules.agent_host.shape[1] + other_bits(rules)
    return bits + rules.profile.shape[1]


def other_bits(rules: Rules) -> int:
    """Return how many bits follow those of hosts: of own blocks, and of what clues tell."""
    return rules.block_slots + bool(rules.clues.any()) * len(rules.objectives)


def new_state(rules: Rules, games: int) -> GameState:
    """Allocate the state of ``games`` games."""
    hosts = len(rules.host_subnet)
    subnets = len(rules.subnet_guard)
    agents, actions = rules.action_kind.shape

    def per_game(dtype: type[ItemT], *shape: int) -> NDArray[ItemT]:
        return np.zeros((games, *shape), dtype=dtype)

    return GameState(
        key=per_game(np.uint64),
        dice=per_game(np.float64, Dice.HOSTS + 2 * hosts),
        step=per_game(np.int64),
        objective=per_game(np.int64),
        level=per_game(np.int8, hosts),
        clue=per_game(np.int64, agents),
        pid_known=per_game(np.bool_, hosts),
        activity=per_game(np.int8, hosts),
        compromise=per_game(np.int8, hosts),
        swept=per_game(np.bool_, subnets),
        discovered=per_game(np.bool_, hosts),
        ports_known=per_game(np.bool_, hosts),
        owned_since=per_game(np.int64, hosts),
        admin=per_game(np.bool_, hosts),
        pivot=per_game(np.int64, subnets),
        pivot_since=per_game(np.int64, subnets),
        decisions=per_game(np.int64),
        red_kind=per_game(np.int64),
        red_target=per_game(np.int64),
        red_source=per_game(np.int64),
        red_refused=per_game(np.bool_),
        red_result=per_game(np.int64),
        red_detected=per_game(np.bool_),
        green_host=per_game(np.int64),
        outcome=per_game(np.int8, agents),
        cost=per_game(np.float64, agents),
        useless=per_game(np.bool_, agents),
        found_root=per_game(np.bool_, agents),
        reward=per_game(np.float64),
        reward_terms=per_game(np.float64, len(rules.reward_weights)),
        observation=_unseen(rules, games),
        available=per_game(np.bool_, agents, actions),
    )


def _unseen(rules: Rules, games: int) -> NDArray[np.float32]:
    """Return observations (G, N, O) in which nothing is written but what never changes."""
    shape = (games, len(rules.agent_host), observation_size(rules))
    observations = np.full(shape, PADDING, dtype=np.float32)
    observations[:, :, shape[2] - rules.profile.shape[1] :] = rules.profile
    return observations


def new_totals(games: int) -> EpisodeTotals:
    """Allocate the episode totals of ``games`` games."""
    return EpisodeTotals(*(np.zeros(games) for _ in EpisodeTotals._fields))
