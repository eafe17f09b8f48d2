"""The team reward of a step and the sums that the episode's statistics are made of."""

from __future__ import annotations

from acd_plugin.envs.game.compilation import compiled
from acd_plugin.envs.game.types import EpisodeTotals, GameState, Level, Rules


@compiled
def score(state: GameState, rules: Rules, totals: EpisodeTotals, game: int) -> None:
    """Set the reward: minus the damage of every root session, minus what the actions cost."""
    damage = 0.0
    for host in range(len(rules.host_subnet)):
        if state.level[game, host] == Level.ROOT:
            damage += rules.damage[host]
    cost = 0.0
    for agent in range(state.cost.shape[1]):
        cost += state.cost[game, agent]
    state.reward[game] = 0.0 - damage - cost  # not -0.0 where nothing happened
    totals.damage[game] += damage
    if state.level[game, rules.objective] != Level.NONE:
        totals.objective_steps[game] += 1
    elif totals.objective_steps[game] == 0:
        totals.objective_safe[game] += 1
