"""The defenders' actions: what they do at once, and what they change in the table afterwards."""

from __future__ import annotations

import numpy as np

from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.cyborg.game.clues import tell
from acd_plugin.envs.cyborg.game.eviction import evicts
from acd_plugin.envs.cyborg.game.exclusive import is_contested
from acd_plugin.envs.cyborg.game.joint import is_left_alone
from acd_plugin.envs.cyborg.game.types import (
    Blue,
    Compromise,
    GameState,
    Level,
    Outcome,
    Rules,
)


@compiled
def act(state: GameState, rules: Rules, game: int, agent: int, actions: np.ndarray) -> None:
    """Carry out one agent's action of ``actions`` (N,); fills outcome, cost, useless, found_root.

    The agents act in turn, but whether somebody's action is thwarted depends on what all of them
    have chosen.
    """
    kind = rules.action_kind[agent, actions[agent]]
    target = rules.action_target[agent, actions[agent]]
    state.found_root[game, agent] = False
    state.useless[game, agent] = False
    state.cost[game, agent] = 0.0
    state.outcome[game, agent] = Outcome.SUCCESS.value
    if rules.has_teamwork and is_thwarted(state, rules, game, agent, actions):
        state.cost[game, agent] = price(rules, kind, target)
        _fail(state, game, agent)
    elif kind == Blue.REMOVE:
        if not _evict(state, game, agent, kind, target):
            state.cost[game, agent] = rules.remove_cost
    elif kind == Blue.RESTORE:
        _evict(state, game, agent, kind, target)
        state.cost[game, agent] = rules.restore_cost[target]
    elif kind == Blue.ANALYSE:
        found = state.level[game, target] == Level.ROOT
        if not found or state.pid_known[game, target]:
            state.useless[game, agent] = True
            state.cost[game, agent] = rules.analyse_cost
        if found:
            state.found_root[game, agent] = True
            state.pid_known[game, target] = True
    elif kind == Blue.BLOCK:
        state.cost[game, agent] = rules.block_cost
    elif kind == Blue.PROTECT:
        state.cost[game, agent] = rules.protect_cost
    else:
        state.outcome[game, agent] = Outcome.UNKNOWN.value


@compiled
def _evict(state: GameState, game: int, agent: int, kind: int, host: int) -> bool:
    """Drive the attacker from a host and return whether that worked."""
    worked = evicts(state, game, kind, host)
    if worked:
        state.level[game, host] = Level.NONE.value
        state.pid_known[game, host] = False
    else:
        _fail(state, game, agent)
    return worked


@compiled
def is_thwarted(state: GameState, rules: Rules, game: int, agent: int, actions: np.ndarray) -> bool:
    """Whether what the others do keeps an agent's action from having any effect."""
    return is_contested(rules, agent, actions) or is_left_alone(state, rules, game, agent, actions)


@compiled
def price(rules: Rules, kind: int, target: int) -> float:
    """What an action costs that is paid in full."""
    if kind == Blue.REMOVE:
        return rules.remove_cost
    if kind == Blue.RESTORE:
        return rules.restore_cost[target]
    if kind == Blue.ANALYSE:
        return rules.analyse_cost
    if kind == Blue.BLOCK:
        return rules.block_cost
    if kind == Blue.PROTECT:
        return rules.protect_cost
    return 0.0


@compiled
def _fail(state: GameState, game: int, agent: int) -> None:
    state.outcome[game, agent] = Outcome.FAIL.value
    state.useless[game, agent] = True


@compiled
def update_beliefs(state: GameState, rules: Rules, game: int, actions: np.ndarray) -> None:
    """First part of the table update: what the agents conclude from their own actions."""
    for agent in range(len(actions)):
        kind = rules.action_kind[agent, actions[agent]]
        host = rules.action_target[agent, actions[agent]]
        worked = state.outcome[game, agent] == Outcome.SUCCESS
        if kind == Blue.ANALYSE:
            if worked and state.compromise[game, host] == Compromise.UNKNOWN:
                state.compromise[game, host] = Compromise.NO.value
        elif kind == Blue.RESTORE:
            if worked:
                state.compromise[game, host] = Compromise.NO.value
        elif kind == Blue.REMOVE:
            believed = state.compromise[game, host]
            if believed == Compromise.USER or believed == Compromise.UNKNOWN:
                state.compromise[game, host] = (
                    Compromise.NO.value if worked else Compromise.UNKNOWN.value
                )


@compiled
def record_findings(state: GameState, rules: Rules, game: int, actions: np.ndarray) -> None:
    """Last part of the table update: a root session that Analyse found is shown, and its clue."""
    for agent in range(len(actions)):
        if state.found_root[game, agent]:
            host = rules.action_target[agent, actions[agent]]
            state.compromise[game, host] = Compromise.PRIVILEGED.value
            if rules.clues[host]:
                tell(state, rules, game, host)
