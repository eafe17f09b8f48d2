"""What a learner makes of one pass over a batch of episodes.

Shape legend: B games, T steps, M values per step: N agents', or 1 team's.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

Statistics = dict[str, Tensor]  # what is logged of an update: names and single numbers
Carried = tuple[Tensor, ...]  # detached


class Pass(NamedTuple):
    """What one pass over a batch gives."""

    losses: dict[str, Tensor]  # one for each optimiser, by its name in `BaseLearner.optimisers`
    statistics: Statistics  # detached
    carried: Carried = ()  # for the next pass over the same batch, and for `after_update`


@torch.no_grad()
def td_statistics(errors: Tensor, values: Tensor, targets: Tensor, played: Tensor) -> Statistics:
    """Return what is logged of values (B, T, M), their targets and the errors in steps played.

    ``played`` is (B, T, 1) or (B, T, M), and where it is 0 ``errors`` are, too.
    """
    played = played.expand_as(errors)
    count = played.sum()
    return {
        "td_error_abs": errors.abs().sum() / count,
        "q_taken_mean": (values * played).sum() / count,
        "target_mean": (targets * played).sum() / count,
    }
