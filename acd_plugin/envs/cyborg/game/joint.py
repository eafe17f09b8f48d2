"""Joint eviction: some hosts hold the attacker together, and are cleaned together or not at all.

While the attacker stays on one host of a group it comes back at once to those that are cleaned. So
an eviction works only if, in the same step, it is evicted from all others of the group, too.
"""

from __future__ import annotations

import numpy as np

from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.cyborg.game.eviction import evicts
from acd_plugin.envs.cyborg.game.exclusive import is_contested
from acd_plugin.envs.cyborg.game.types import NOBODY, Blue, GameState, Level, Rules


@compiled
def is_left_alone(
    state: GameState, rules: Rules, game: int, agent: int, actions: np.ndarray
) -> bool:
    """Whether an agent evicts from a host while nobody does from another one of its group.

    The agents act one after the other: a host that was cleaned in this step is held no more.
    """
    kind = rules.action_kind[agent, actions[agent]]
    if kind != Blue.REMOVE and kind != Blue.RESTORE:
        return False
    target = rules.action_target[agent, actions[agent]]
    group = rules.joint_group[target]
    if group == NOBODY:
        return False
    for host in range(len(rules.joint_group)):
        if (
            host != target
            and rules.joint_group[host] == group
            and state.level[game, host] != Level.NONE
            and not _is_evicted_from(state, rules, game, host, actions)
        ):
            return True
    return False


@compiled
def _is_evicted_from(
    state: GameState, rules: Rules, game: int, host: int, actions: np.ndarray
) -> bool:
    for agent in range(len(actions)):
        if (
            rules.action_target[agent, actions[agent]] == host
            and evicts(state, game, rules.action_kind[agent, actions[agent]], host)
            and not is_contested(rules, agent, actions)
        ):
            return True
    return False
