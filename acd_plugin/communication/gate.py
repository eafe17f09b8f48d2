"""Who may speak: "communicate only when there is something to say" (arXiv 2507.14658).

Shape legend: N agents, O observation length.
"""

from __future__ import annotations

from torch import Tensor


def something_to_say(observations: Tensor, host_bits: int) -> Tensor:
    """Return which agents see anything on hosts of their own: (..., N, O) to (..., N, 1).

    The first ``host_bits`` entries of an observation are about hosts; -1 stands for a host that an
    agent does not have.
    """
    return (observations[..., :host_bits] > 0).any(-1, keepdim=True)
