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


def one_step_earlier(values: Tensor, steps: slice, initial: float) -> Tensor:
    """Return what ``values`` (B, T, ...) were one step before each of ``steps`` (B, steps, ...).

    ``initial`` stands for what was before step 0.
    """
    if steps.start > 0:
        return values[:, steps.start - 1 : steps.stop - 1]
    before = torch.full_like(values[:, :1], initial)
    return torch.cat([before, values[:, : steps.stop - 1]], dim=1)


def previous_actions(batch: EpisodeBatch, steps: slice, none_yet: int) -> Tensor:
    """Return the actions taken one step before ``steps`` (B, steps, N); ``none_yet`` at step 0."""
    return one_step_earlier(batch["actions"][..., 0], steps, none_yet)


def previous_actions_onehot(batch: EpisodeBatch, steps: slice) -> Tensor:
    """Return the actions taken one step before ``steps`` (B, steps, N, A); all 0 at step 0."""
    return one_step_earlier(batch["actions_onehot"], steps, 0)
