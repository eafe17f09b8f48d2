"""The discretise/regularise unit (Foerster et al. 2016, section 5.2): from logits to messages."""

from __future__ import annotations

import torch
from torch import Tensor


def regularise(logits: Tensor, noise: Tensor) -> Tensor:
    """Messages while learning: ``sigmoid(m + noise)``; gradients flow back to the sender."""
    return torch.sigmoid(logits + noise)


def discretise(logits: Tensor) -> Tensor:
    """Messages in execution: 1 where ``m > 0``, else 0, which is no message at all."""
    return (logits > 0).to(logits.dtype)
