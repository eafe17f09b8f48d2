"""Run a controller over whole episodes."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


def unroll(mac: Any, ep_batch: Any, steps: int) -> Tensor:
    """Return a controller's outputs (B, steps, N, A), by its own `unroll` if it has one."""
    if hasattr(mac, "unroll"):
        outputs: Tensor = mac.unroll(ep_batch, steps)
        return outputs
    return step_by_step(mac, ep_batch, steps)


def step_by_step(mac: Any, ep_batch: Any, steps: int) -> Tensor:
    """Do so by EPyMARL's contract alone, which every controller honours."""
    mac.init_hidden(batch_size=ep_batch.batch_size)
    return torch.stack([mac.forward(ep_batch, t=t) for t in range(steps)], dim=1)
