"""What learners and networks read off a batch of episodes.

Shape legend: B games, T steps, N agents, A actions.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


def played_steps(batch: Any) -> Tensor:
    """Return 1 where a step was played and 0 after a game's end (B, T, 1), without the last slot.

    After every step, also the last, the following slot is filled with what the agents see then.
    """
    played: Tensor = batch["filled"][:, 1:].float()
    return played


def previous_actions_onehot(batch: Any, steps: slice) -> Tensor:
    """Return the actions taken one step before ``steps`` (B, len(steps), N, A); 0 before step 0."""
    onehot: Tensor = batch["actions_onehot"]
    if steps.start > 0:
        return onehot[:, steps.start - 1 : steps.stop - 1]
    return torch.cat([torch.zeros_like(onehot[:, :1]), onehot[:, : steps.stop - 1]], dim=1)
