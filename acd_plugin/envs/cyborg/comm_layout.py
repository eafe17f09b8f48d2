"""What communicating agents are told of a game's observations and actions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.comm_layout import NO_SLOT, CommLayout
from acd_plugin.envs.cyborg.arrays import other_bits
from acd_plugin.envs.cyborg.game.observation import BITS_PER_HOST
from acd_plugin.envs.cyborg.game.types import PADDING, Blue, Rules
from acd_plugin.envs.cyborg.profile import BLOCK_NUMBERS, HOST_NUMBERS
from acd_plugin.envs.cyborg.settings import EnvSettings

_ELSEWHERE = (Blue.SLEEP, Blue.BLOCK)


def layout_of(rules: Rules, settings: EnvSettings) -> CommLayout:
    """Return the layout of one game."""
    has_profile = settings.host_profile
    return CommLayout(
        host_slots=rules.agent_host.shape[1],
        block_bits=other_bits(rules),
        bits_per_host=BITS_PER_HOST,
        gate_on_host_bits=settings.comm_gate,
        unlocked_by_message=(rules.action_kind == Blue.ANALYSE) & (settings.analyse_mode == "sau"),
        host_numbers=has_profile * len(HOST_NUMBERS),
        block_numbers=has_profile * len(BLOCK_NUMBERS) * rules.block_slots,
        action_kinds=rules.column_kind,
        action_slots=_slots(rules),
    )


def _slots(rules: Rules) -> NDArray[np.int64]:
    """Return the host slot (N, A) that each action is about, or NO_SLOT.

    Actions that an agent does not have lie at the slots of hosts that it does not have.
    """
    slots = np.full(rules.action_kind.shape, NO_SLOT)
    for agent, own in enumerate(rules.agent_host):
        places = {int(host): slot for slot, host in enumerate(own) if host != PADDING}
        for kind in np.unique(rules.column_kind):
            if kind in _ELSEWHERE:
                continue
            for place, column in enumerate(np.flatnonzero(rules.column_kind == kind)):
                target = int(rules.action_target[agent, column])
                free = place if place < len(own) else NO_SLOT
                slots[agent, column] = free if target == PADDING else places.get(target, NO_SLOT)
    return slots
