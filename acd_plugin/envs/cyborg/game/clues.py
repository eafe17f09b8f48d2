"""Clues: root found on some hosts tells which objective the attacker is after in this game."""

from __future__ import annotations

import numpy as np

from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.cyborg.game.types import GameState, Rules


@compiled
def follow(state: GameState, rules: Rules, game: int, actions: np.ndarray) -> None:
    """Where an Analyse found root on a host with a clue, tell everybody who sees that host."""
    for agent in range(len(actions)):
        if state.found_root[game, agent]:
            host = rules.action_target[agent, actions[agent]]
            if rules.clues[host]:
                _tell(state, rules, game, host)


@compiled
def _tell(state: GameState, rules: Rules, game: int, host: int) -> None:
    for agent in range(len(rules.agent_host)):
        for slot in range(rules.agent_host.shape[1]):
            if rules.agent_host[agent, slot] == host:
                state.clue[game, agent] = state.objective[game]
