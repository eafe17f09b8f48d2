"""What learners and networks read off a batch of episodes.

Shape legend: B games, T steps, N agents, A actions.
"""

from __future__ import annotations

import torch
from torch import Tensor

from acd_plugin.components.contracts import EpisodeBatch


def played_steps(batch: EpisodeBatch) -> Tensor:
    """Return 1 where a step was played and 0 after a game's end (B, T, 1), without the last slot.

    After every step, also the last, the following slot is filled with what the agents see then.
    """
    return batch["filled"][:, 1:].float()


def previous_actions_onehot(batch: EpisodeBatch, steps: slice) -> Tensor:
    """Return the actions taken one step before ``steps`` (B, len(steps), N, A); 0 before step 0."""
    onehot = batch["actions_onehot"]
    if steps.start > 0:
        return onehot[:, steps.start - 1 : steps.stop - 1]
    return torch.cat([torch.zeros_like(onehot[:, :1]), onehot[:, : steps.stop - 1]], dim=1)
