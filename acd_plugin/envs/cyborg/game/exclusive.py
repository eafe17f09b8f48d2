"""Exclusive actions: one of the team in a step; two at once are both lost, and both paid."""

from __future__ import annotations

import numpy as np

from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.cyborg.game.types import Rules


@compiled
def is_contested(rules: Rules, agent: int, actions: np.ndarray) -> bool:
    """Whether another agent wants, in this step, what only one of the team can have."""
    kind = rules.action_kind[agent, actions[agent]]
    if kind < 0 or not (rules.exclusive >> kind) & 1:
        return False
    for other in range(len(actions)):
        if other != agent and rules.action_kind[other, actions[other]] == kind:
            return True
    return False
