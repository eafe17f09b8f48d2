"""Run a controller that does not communicate over whole episodes.

Shape legend: B games, N agents, A actions.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from acd_plugin.components.contracts import EpisodeBatch
from acd_plugin.controllers.controller import Controller


@runtime_checkable
class Unrolling(Protocol):
    """A controller that takes whole episodes at once; one made for EPyMARL need not."""

    def unroll(self, ep_batch: EpisodeBatch, steps: int) -> Tensor:
        """Return what the networks say of the actions (B, steps, N, A)."""
        ...


def unroll(mac: Controller, ep_batch: EpisodeBatch, steps: int) -> Tensor:
    """Return a controller's outputs (B, steps, N, A), by its own `unroll` if it has one."""
    if isinstance(mac, Unrolling):
        return mac.unroll(ep_batch, steps)
    return step_by_step(mac, ep_batch, steps)


def step_by_step(mac: Controller, ep_batch: EpisodeBatch, steps: int) -> Tensor:
    """Do so by EPyMARL's contract alone, which every controller honours."""
    mac.init_hidden(batch_size=ep_batch.batch_size)
    return torch.stack([mac.forward(ep_batch, t=t) for t in range(steps)], dim=1)
