"""What the agents are handed after a step: observation bits and action masks."""

from __future__ import annotations

import numpy as np

from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.cyborg.game.types import FREE, PADDING, Activity, Blue, GameState, Rules

BITS_PER_HOST = 4
NO_ACTION = -1  # stands for "no action yet" in the first observation


@compiled
def observe(state: GameState, rules: Rules, game: int, actions: np.ndarray) -> None:
    """Write the observations and masks of all agents after their ``actions`` (N,).

    Only what an agent has is written: the rest of its rows, and the profile at the end of its
    observation, never change, and were written when the arrays were made (`arrays.new_state`).
    """
    for agent in range(len(actions)):
        observe_agent(state, rules, game, agent, actions[agent])


@compiled
def observe_agent(state: GameState, rules: Rules, game: int, agent: int, action: int) -> None:
    """Write one agent's observation and mask; ``action`` is NO_ACTION before the first step."""
    _write_bits(state, rules, game, agent, action)
    _write_mask(state, rules, game, agent)


@compiled
def _write_bits(state: GameState, rules: Rules, game: int, agent: int, action: int) -> None:
    bits = state.observation[game, agent]
    slots = rules.agent_host.shape[1]
    for slot in range(slots):
        host = rules.agent_host[agent, slot]
        if host == PADDING:
            break
        first = slot * BITS_PER_HOST
        activity = state.activity[game, host]
        compromise = state.compromise[game, host]
        bits[first] = activity != Activity.NONE
        bits[first + 1] = activity == Activity.EXPLOIT
        bits[first + 2] = compromise >> 1
        bits[first + 3] = compromise & 1
    first = slots * BITS_PER_HOST
    column = rules.action_kind.shape[1] - rules.block_slots
    for slot in range(rules.block_slots):
        if rules.action_kind[agent, column + slot] == Blue.ABSENT:
            break
        bits[first + slot] = action == column + slot
    first += rules.block_slots
    clues = len(bits) - rules.profile.shape[1] - first  # none, or one for each objective
    for number in range(clues):
        bits[first + number] = state.clue[game, agent] == rules.objectives[number]


@compiled
def shows_threat(state: GameState, game: int, host: int) -> bool:
    """Whether a host's own bits show more than a scan."""
    return state.activity[game, host] == Activity.EXPLOIT or state.compromise[game, host] != 0


@compiled
def _write_mask(state: GameState, rules: Rules, game: int, agent: int) -> None:
    for column in range(rules.own_actions.shape[1]):
        action = rules.own_actions[agent, column]
        if action == PADDING:
            break
        watch = rules.action_watch[agent, action]
        allowed = shows_threat(state, game, watch) if watch >= 0 else watch == FREE
        state.available[game, agent, action] = allowed
