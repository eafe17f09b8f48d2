"""Gradients, kept within a norm."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

_LEAST = 1e-6  # keeps the division finite, as in PyTorch's own


@torch.no_grad()
def clip(gradients: Sequence[Tensor], most: float) -> Tensor:
    """Scale gradients in place so that their norm, all together, is at most ``most``.

    Returns the norm before, a single number. It is what `nn.utils.clip_grad_norm_` does, but also
    for gradients with a leading axis of seeds, each seed by itself: ``vmap(clip, (0, None))``.
    """
    norms = torch.stack([torch.linalg.vector_norm(gradient) for gradient in gradients])
    norm: Tensor = torch.linalg.vector_norm(norms)
    scale = (most / (norm + _LEAST)).clamp(max=1.0)
    for gradient in gradients:
        gradient.mul_(scale)
    return norm
