"""A term of the reward of one's own: every host that the attacker holds as a plain user, too.

    python main.py --config=dial --env-config=examples/reward_term/intruders.yaml

A term is a compiled function that looks at one game after everybody has acted and returns a number.
Times its weight it is added to the reward, and the statistics show it as ``reward_intruders``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.cyborg.game.types import GameState, Level, Rules
from acd_plugin.envs.cyborg.reward_terms import register_reward_term


@compiled
def intruders(
    state: GameState,
    rules: Rules,
    game: int,
    actions: NDArray[np.int64],  # noqa: ARG001 - the defenders' actions do not matter here
) -> float:
    """Return the number of hosts with a session of a plain user."""
    count = 0.0
    for host in range(len(rules.host_subnet)):
        if state.level[game, host] == Level.USER:
            count += 1.0
    return count


register_reward_term("intruders", intruders)
