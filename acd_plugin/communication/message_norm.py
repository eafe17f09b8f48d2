"""Batch normalisation of received messages that acts and learns by the same function."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from acd_plugin.components.running_moments import moments_of

_MOMENTUM = 0.1
_EPSILON = 1e-5


class MessageNorm(nn.Module):
    """Normalise with running statistics; the learner moves them once per update.

    Plain batch normalisation would use the statistics of whatever batch it is given, so that an
    episode unrolled for learning would hold other messages than when it was played.
    """

    mean: Tensor
    variance: Tensor

    def __init__(self, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.bias = nn.Parameter(torch.zeros(size))
        self.register_buffer("mean", torch.zeros(size))
        self.register_buffer("variance", torch.ones(size))

    def forward(self, messages: Tensor) -> Tensor:
        """Normalise messages (..., size)."""
        flat = messages.reshape(-1, messages.shape[-1])
        normalised = functional.batch_norm(
            flat, self.mean, self.variance, self.weight, self.bias, training=False, eps=_EPSILON
        )
        return normalised.reshape(messages.shape)

    @torch.no_grad()
    def update(self, messages: Tensor, weights: Tensor) -> None:
        """Move the running statistics towards those of ``messages`` (..., size).

        Those count whose weight (...) is 1, not 0; where there is none, nothing moves.
        """
        rows, mean, variance = moments_of(messages, weights)
        share = _MOMENTUM * (rows > 0)
        self.mean.add_((mean - self.mean) * share)
        self.variance.add_((variance - self.variance) * share)
