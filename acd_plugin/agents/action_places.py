"""Where the value of each action is found, if values are computed host by host.

Shape legend: N agents, A actions, C of them that block, K host slots, R kinds of actions.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from acd_plugin.envs.comm_layout import NO_SLOT, CommLayout
from acd_plugin.errors import UserError

KINDS = 8  # R: as many kinds of actions as there can be


class ActionPlaces(nn.Module):
    """Tables that follow from a layout; none of them is learned, or stored."""

    kinds: Tensor  # (A + 1,) the kind of an action; the last is of "none yet"
    slots: Tensor  # (N, A + 1) the host slot that an agent's action is about, or NO_SLOT
    columns: Tensor  # (N, A - C) of the actions that do not block: slot times R plus kind
    column_slots: Tensor  # (N, A - C) their slots; 0 for Sleep
    on_host: Tensor  # (N, A - C) whether they are about a host

    def __init__(self, layout: CommLayout) -> None:
        """Raises UserError for a layout that does not say, or says what cannot be pooled."""
        super().__init__()
        kinds, slots = layout.action_kinds, layout.action_slots
        if kinds is None or slots is None:
            raise UserError(
                "agent 'set_net' must know which host an action is about, which this environment "
                "does not say: choose another agent"
            )
        is_block = (slots == NO_SLOT).all(axis=0) & (kinds != 0)
        others = slots[:, ~is_block]
        if is_block.sum() != layout.block_bits or (others[:, 1:] == NO_SLOT).any():
            raise UserError(
                "agent 'set_net' plays scenarios whose defenders see the hosts that they act on, "
                "and without 'clues': choose another agent"
            )
        self.blocks = int(is_block.sum())
        none_yet = [(0, 0), (0, 1)]
        self._keep("kinds", np.pad(kinds, (0, 1), constant_values=KINDS))
        self._keep("slots", np.pad(slots, none_yet, constant_values=NO_SLOT))
        self._keep("on_host", others != NO_SLOT)
        self._keep("column_slots", others.clip(min=0))
        self._keep("columns", others.clip(min=0) * KINDS + kinds[~is_block])

    def _keep(self, name: str, array: np.ndarray) -> None:
        self.register_buffer(name, torch.from_numpy(array), persistent=False)

    def done(self, previous_actions: Tensor, hosts: int) -> tuple[Tensor, Tensor]:
        """Return the kinds of what agents did last, each as R numbers of 0 and one 1.

        ``previous_actions`` (..., N) holds A where there is none yet. Of every agent (..., N, R),
        and of every host on which it was done (..., N, K, R).
        """
        kinds = torch.arange(KINDS, device=previous_actions.device)
        kind = (self.kinds[previous_actions].unsqueeze(-1) == kinds).float()
        slots = self.slots.expand(*previous_actions.shape, -1)
        slot = slots.gather(-1, previous_actions.unsqueeze(-1))
        is_there = slot == torch.arange(hosts, device=slot.device)
        return kind, kind.unsqueeze(-2) * is_there.unsqueeze(-1)

    def values(self, sleep: Tensor, on_hosts: Tensor, has_host: Tensor) -> Tensor:
        """Return the values (..., N, A - C) of the actions that do not block.

        ``sleep`` (..., N, 1), ``on_hosts`` (..., N, K, R). What an agent does not have is to sleep.
        """
        shape = (*sleep.shape[:-1], -1)
        found = on_hosts.flatten(-2).gather(-1, self.columns.expand(shape))
        is_there = has_host.squeeze(-1).gather(-1, self.column_slots.expand(shape)) > 0
        return torch.where(self.on_host & is_there, found, sleep)
