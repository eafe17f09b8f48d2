"""Protect: whoever guards a host keeps exploits off it during this step, one host at a time."""

from __future__ import annotations

import numpy as np

from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.cyborg.game.exclusive import is_contested
from acd_plugin.envs.cyborg.game.types import Blue, Rules


@compiled
def is_protected(rules: Rules, host: int, actions: np.ndarray) -> bool:
    """Whether a defender protects ``host`` in this step, in which the team does ``actions``."""
    for agent in range(len(actions)):
        if (
            rules.action_kind[agent, actions[agent]] == Blue.PROTECT
            and rules.action_target[agent, actions[agent]] == host
            and not is_contested(rules, agent, actions)
        ):
            return True
    return False
