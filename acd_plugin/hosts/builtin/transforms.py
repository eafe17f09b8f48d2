"""Transformations that an episode batch applies to what is written into it."""

from __future__ import annotations

import torch
from torch import Tensor


class OneHot:
    """Indices (..., 1) to vectors (..., ``out_dim``)."""

    def __init__(self, out_dim: int) -> None:
        self.out_dim = out_dim

    def transform(self, tensor: Tensor) -> Tensor:
        zeros = torch.zeros(*tensor.shape[:-1], self.out_dim, device=tensor.device)
        return zeros.scatter_(-1, tensor.long(), 1.0)

    def infer_output_info(
        self, vshape: tuple[int, ...], dtype: torch.dtype
    ) -> tuple[tuple[int, ...], torch.dtype]:
        """Return shape and type of what `transform` makes of an entry."""
        del vshape, dtype  # part of EPyMARL's contract
        return (self.out_dim,), torch.float32
