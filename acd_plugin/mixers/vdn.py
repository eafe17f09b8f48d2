"""Value decomposition networks (Sunehag et al. 2018): the team's value is the sum."""

from __future__ import annotations

from types import SimpleNamespace

from torch import Tensor, nn


class VdnMixer(nn.Module):
    """Adds the agents' values; has no parameters."""

    def __init__(self, args: SimpleNamespace) -> None:
        super().__init__()
        del args  # a mixer's signature

    def forward(self, values: Tensor, states: Tensor) -> Tensor:
        """Mix values (B, T, N) into (B, T, 1)."""
        del states
        return values.sum(dim=2, keepdim=True)
