"""Who may speak: "communicate only when there is something to say" (arXiv 2507.14658).

Nobody speaks who is not there: in a game that has fewer agents than there is room for.

Shape legend: N agents, O observation length.
"""

from __future__ import annotations

import torch
from torch import Tensor


def something_to_say(observations: Tensor, host_bits: int) -> Tensor:
    """Return which agents see anything on hosts of their own: (..., N, O) to (..., N, 1).

    The first ``host_bits`` entries of an observation are about hosts; -1 stands for a host that an
    agent does not have.
    """
    return (observations[..., :host_bits] > 0).any(-1, keepdim=True)


def is_there(observations: Tensor, always_there: int) -> Tensor:
    """Return which agents a game has: (..., N, O) to (..., N, 1).

    The first ``always_there`` are in every game; of the others one is not there that observes
    nothing but -1.
    """
    sees = (observations >= 0).any(-1, keepdim=True)
    everywhere = torch.arange(observations.shape[-2], device=observations.device) < always_there
    return sees | everywhere.unsqueeze(-1)
