"""Batch normalisation of received messages that acts and learns by the same function."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

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
    def update(self, messages: Tensor) -> None:
        """Move the running statistics towards those of ``messages`` (..., size)."""
        flat = messages.reshape(-1, messages.shape[-1])
        self.mean.lerp_(flat.mean(dim=0), _MOMENTUM)
        only_one = flat.shape[0] == 1  # it varies by nothing; torch would divide by 0
        self.variance.lerp_(flat.var(dim=0, correction=0 if only_one else 1), _MOMENTUM)
