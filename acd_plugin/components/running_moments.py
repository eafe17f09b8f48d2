"""Mean and variance, of one batch and running, with which values are standardised."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

_PRIOR_COUNT = 1e-4  # weight of the starting values 0 and 1
_LEAST = 1e-8  # variance of what never varies


class Moments(NamedTuple):
    """Mean and variance of a batch."""

    rows: Tensor  # (), how many there are
    mean: Tensor  # (size,)
    variance: Tensor  # (size,), 0 of a single row


def moments_of(values: Tensor, weights: Tensor) -> Moments:
    """Return the moments of those rows of ``values`` (..., size) whose weight (...) is 1, not 0."""
    each, axes = weights.unsqueeze(-1), tuple(range(weights.ndim))
    rows = weights.sum()
    mean = (values * each).sum(axes) / rows.clamp(min=1)
    squares = ((values - mean) ** 2 * each).sum(axes)
    return Moments(rows, mean, squares / (rows - 1).clamp(min=1))


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
    def update(self, values: Tensor, weights: Tensor) -> None:
        """Take those rows of ``values`` (..., size) into account whose weight (...) is 1, not 0."""
        rows, mean, variance = moments_of(values, weights)
        self.count.add_(rows)
        share = (rows / self.count).to(mean.dtype)  # of the new among all
        shift = mean - self.mean
        self.mean.add_(shift * share)
        self.variance.add_((variance + shift**2 * (1 - share) - self.variance) * share)

    def standardise(self, values: Tensor) -> Tensor:
        """Return values (..., size) with mean 0 and variance 1."""
        return (values - self.mean) / self.variance.clamp(min=_LEAST).sqrt()

    def restore(self, values: Tensor) -> Tensor:
        """Undo `standardise`."""
        return values * self.variance.sqrt() + self.mean
