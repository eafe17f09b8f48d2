"""What the arrays tell of the games: statistics of the episode, and facts that nobody sees."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

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
    held = (state.level != Level.NONE).sum(axis=1) - 1  # the foothold does not count
    return {
        "hosts_compromised": held.astype(np.float64),
        "server_compromised_steps": totals.objective_steps.copy(),
        "server_safe_steps": totals.objective_safe.copy(),
        "blocks": totals.blocks.copy(),
        "useless_actions": totals.useless_actions.copy(),
        "cost_damage": totals.damage.copy(),
        "cost_restore": totals.restore_cost.copy(),
        "cost_remove_analyse": totals.clean_cost.copy(),
        "cost_block": totals.block_cost.copy(),
        **{f"reward_{name}": value for name, value in terms.items()},
    }


def threatened_agents(state: GameState, rules: Rules) -> NDArray[np.bool_]:
    """Return whether the attacker has a session on a host of each agent (G, N)."""
    held = state.level != Level.NONE
    agents = range(rules.action_kind.shape[0])
    return np.stack([held[:, rules.host_owner == agent].any(axis=1) for agent in agents], axis=1)
