"""What the arrays tell of the games: statistics of the episode, and facts that nobody sees."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.cyborg.game.types import EpisodeTotals, GameState, Level, Rules

Statistic = NDArray[np.float64]  # (G,)


def episode_stats(
    state: GameState, totals: EpisodeTotals, terms: Mapping[str, Statistic]
) -> dict[str, Statistic]:
    """Return the sums over the episode so far and the hosts held now, each (G,).

    ``server_safe_steps`` counts the steps before the objective first fell (the whole episode if it
    never did). ``useless_actions`` changed nothing and told nothing. ``terms`` are the sums of the
    reward's added terms, by their names.
    """
    held = np.empty(len(state.key))
    _count_held(state, held)
    return {name: values.copy() for name, values in named_stats(held, totals, terms).items()}


def named_stats(
    held: Statistic, totals: EpisodeTotals, terms: Mapping[str, Statistic]
) -> dict[str, Statistic]:
    """Return the statistics by their names: arrays of games wherever these are."""
    return {
        "hosts_compromised": held,
        "server_compromised_steps": totals.objective_steps,
        "server_safe_steps": totals.objective_safe,
        "blocks": totals.blocks,
        "useless_actions": totals.useless_actions,
        "cost_damage": totals.damage,
        "cost_restore": totals.restore_cost,
        "cost_remove_analyse": totals.clean_cost,
        "cost_block": totals.block_cost,
        **{f"reward_{name}": values for name, values in terms.items()},
    }


def threatened_agents(state: GameState, rules: Rules) -> NDArray[np.bool_]:
    """Return whether the attacker has a session on a host of each agent (G, N)."""
    threatened = np.empty((len(state.key), len(rules.action_kind)), dtype=np.bool_)
    _find_threatened(state, rules, threatened)
    return threatened


@compiled
def hosts_held(state: GameState, game: int) -> int:
    """Return on how many hosts the attacker has a session; the foothold does not count."""
    held = -1
    for host in range(state.level.shape[1]):
        if state.level[game, host] != Level.NONE:
            held += 1
    return held


@compiled
def is_threatened(state: GameState, rules: Rules, game: int, agent: int) -> bool:
    """Whether the attacker has a session on a host of the agent."""
    for host in range(len(rules.host_owner)):
        if rules.host_owner[host] == agent and state.level[game, host] != Level.NONE:
            return True
    return False


@compiled
def _count_held(state: GameState, held: Statistic) -> None:
    for game in range(len(held)):
        held[game] = hosts_held(state, game)


@compiled
def _find_threatened(state: GameState, rules: Rules, threatened: NDArray[np.bool_]) -> None:
    for game in range(len(threatened)):
        for agent in range(threatened.shape[1]):
            threatened[game, agent] = is_threatened(state, rules, game, agent)
