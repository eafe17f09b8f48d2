"""The defenders' actions: what they do at once, and what they change in the table afterwards."""

from __future__ import annotations

import numpy as np

from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.cyborg.game.types import (
    Blue,
    Compromise,
    GameState,
    Level,
    Outcome,
    Rules,
)


@compiled
def act(state: GameState, rules: Rules, game: int, agent: int, action: int) -> None:
    """Carry out one agent's action; fills outcome, cost, useless and found_root."""
    kind = rules.action_kind[agent, action]
    target = rules.action_target[agent, action]
    state.found_root[game, agent] = False
    state.useless[game, agent] = False
    state.cost[game, agent] = 0.0
    state.outcome[game, agent] = Outcome.SUCCESS.value
    if kind == Blue.REMOVE:
        worked = state.pid_known[game, target] and state.level[game, target] == Level.USER
        _clean_if(state, game, agent, target, worked)
        if not worked:
            state.cost[game, agent] = rules.remove_cost
    elif kind == Blue.RESTORE:
        worked = state.pid_known[game, target]
        _clean_if(state, game, agent, target, worked)
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
    else:
        state.outcome[game, agent] = Outcome.UNKNOWN.value


@compiled
def _clean_if(state: GameState, game: int, agent: int, host: int, worked: bool) -> None:
    if worked:
        state.level[game, host] = Level.NONE.value
        state.pid_known[game, host] = False
    else:
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
            if state.compromise[game, host] == Compromise.UNKNOWN:
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
    """Last part of the table update: a root session that Analyse found is shown as such."""
    for agent in range(len(actions)):
        if state.found_root[game, agent]:
            host = rules.action_target[agent, actions[agent]]
            state.compromise[game, host] = Compromise.PRIVILEGED.value
