"""Clues: root found on some hosts tells which objective the attacker is after in this game."""

from __future__ import annotations

from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.cyborg.game.types import GameState, Rules


@compiled
def tell(state: GameState, rules: Rules, game: int, host: int) -> None:
    """Tell the objective to everybody who sees a host with a clue on which root was found."""
    for agent in range(len(rules.agent_host)):
        for slot in range(rules.agent_host.shape[1]):
            if rules.agent_host[agent, slot] == host:
                state.clue[game, agent] = state.objective[game]
