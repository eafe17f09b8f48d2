"""What must be said in a game, as its scenario's ``broadcast`` names it.

Shape legend: N agents, K bits of the longest message, O observation length.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.cyborg.definition import GameDefinition
from acd_plugin.errors import UserError, brief, listing, nearest


def broadcast_of(game: GameDefinition) -> NDArray[np.bool_] | None:
    """Return which observations make each bit of each agent's message 1 (N, K, O).

    None where the scenario does not say. UserError, by name, for what its agents do not observe.
    """
    told = game.scenario.broadcast
    if not told:
        return None
    names = game.observation_names
    n_bits = max(map(len, told.values()))
    says = np.zeros((len(names), n_bits, len(names[0])), dtype=np.bool_)
    for agent, (member, seen) in enumerate(zip(game.scenario.agents, names, strict=True)):
        for bit, wanted in enumerate(told.get(member.name, [])):
            for name in wanted:
                if not name or name not in seen:
                    known = [other for other in seen if other]
                    raise UserError(
                        f"scenario '{game.settings.scenario}': 'broadcast' of {member.name} has "
                        f"'{brief(name)}', which it does not observe{nearest(name, known)} "
                        f"(legal: {brief(listing(known), 400)})"
                    )
                says[agent, bit, seen.index(name)] = True
    return says
