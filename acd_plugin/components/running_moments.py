"""Running mean and variance, with which rewards and returns are standardised."""

from __future__ import annotations

import torch
from torch import Tensor, nn

_PRIOR_COUNT = 1e-4  # weight of the starting values 0 and 1
_LEAST = 1e-8  # variance of what never varies


class RunningMoments(nn.Module):
    """Mean and variance (size,) of everything seen so far (Chan et al. 1979, parallel variance)."""

    mean: Tensor
    variance: Tensor
    count: Tensor

    def __init__(self, size: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(size))
        self.register_buffer("variance", torch.ones(size))
        self.register_buffer("count", torch.tensor(_PRIOR_COUNT, dtype=torch.float64))

    @torch.no_grad()
    def update(self, values: Tensor) -> None:
        """Take ``values`` (M, size) into account, however many there are."""
        count = values.shape[0]
        if count == 0:
            return
        total = self.count.item() + count
        shift = values.mean(dim=0) - self.mean
        # A single value varies by nothing; torch would divide by 0.
        variance = values.var(dim=0) if count > 1 else torch.zeros_like(shift)
        squares = self.variance * self.count.item() + variance * count
        squares += shift**2 * (self.count.item() * count / total)
        self.mean += shift * (count / total)
        self.variance.copy_(squares / total)
        self.count.fill_(total)

    def standardise(self, values: Tensor) -> Tensor:
        """Return values (..., size) with mean 0 and variance 1."""
        return (values - self.mean) / self.variance.clamp(min=_LEAST).sqrt()

    def restore(self, values: Tensor) -> Tensor:
        """Undo `standardise`."""
        return values * self.variance.sqrt() + self.mean
