"""The team reward of a step and the sums that the episode's statistics are made of."""

from __future__ import annotations

import numpy as np

from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.cyborg.game.types import Blue, EpisodeTotals, GameState, Level, Rules


@compiled
def score(
    state: GameState, rules: Rules, totals: EpisodeTotals, game: int, actions: np.ndarray
) -> None:
    """Set the reward: minus the damage of every root session, minus what the actions cost."""
    damage = 0.0
    for host in range(len(rules.host_subnet)):
        if state.level[game, host] == Level.ROOT:
            damage += rules.damage[host]
    cost = 0.0
    for agent in range(len(actions)):
        cost += _book(state, rules, totals, game, agent, actions[agent])
    state.reward[game] = 0.0 - damage - cost  # not -0.0 where nothing happened
    totals.damage[game] += damage
    if state.level[game, state.objective[game]] != Level.NONE:
        totals.objective_steps[game] += 1
    elif totals.objective_steps[game] == 0:
        totals.objective_safe[game] += 1


@compiled
def _book(
    state: GameState, rules: Rules, totals: EpisodeTotals, game: int, agent: int, action: int
) -> float:
    """Return what the agent's action cost, after adding it to the sum it belongs to."""
    cost = state.cost[game, agent]
    kind = rules.action_kind[agent, action]
    if kind == Blue.RESTORE:
        totals.restore_cost[game] += cost
    elif kind == Blue.BLOCK:
        totals.block_cost[game] += cost
        totals.blocks[game] += 1
    elif kind == Blue.PROTECT:
        totals.block_cost[game] += cost
    else:
        totals.clean_cost[game] += cost
    if state.useless[game, agent]:
        totals.useless_actions[game] += 1
    return cost


@compiled
def no_term(state: GameState, rules: Rules, game: int, actions: np.ndarray) -> float:  # noqa: ARG001
    """A term of the reward; stands for one of the user's (`program`)."""
    return 0.0


NUMBER_OF_TERM = 0  # which of the added terms; stands for its number


@compiled
def score_with_term(
    state: GameState, rules: Rules, totals: EpisodeTotals, game: int, actions: np.ndarray
) -> None:
    """Score and add one more term, times its weight."""
    score(state, rules, totals, game, actions)
    added = rules.reward_weights[NUMBER_OF_TERM] * no_term(state, rules, game, actions)
    state.reward_terms[game, NUMBER_OF_TERM] = added
    state.reward[game] += added
