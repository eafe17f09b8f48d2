"""What learners and networks read off a batch of episodes.

Shape legend: B games, T steps, N agents, A actions.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


def played_steps(batch: Any) -> Tensor:
    """Return 1 where a step was played and 0 after a game's end (B, T, 1), without the last slot.

    The last slot of a batch holds only what the agents were handed after the last step.
    """
    terminated = batch["terminated"][:, :-1].float()
    played: Tensor = batch["filled"][:, :-1].float()
    return torch.cat([played[:, :1], played[:, 1:] * (1 - terminated[:, :-1])], dim=1)


def previous_actions_onehot(batch: Any, steps: slice) -> Tensor:
    """Return the actions taken one step before ``steps`` (B, len(steps), N, A); 0 before step 0."""
    onehot: Tensor = batch["actions_onehot"]
    if steps.start > 0:
        return onehot[:, steps.start - 1 : steps.stop - 1]
    return torch.cat([torch.zeros_like(onehot[:, :1]), onehot[:, : steps.stop - 1]], dim=1)
