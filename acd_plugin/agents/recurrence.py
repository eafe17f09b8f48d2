"""Recurrent layers over whole episodes."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn


def unroll_gru(cells: Sequence[nn.GRUCell], inputs: Tensor) -> Tensor:
    """Run stacked GRU cells over inputs (T, R, width) from zero states; returns (T, R, width).

    The same as calling the cells step by step, but the products with the inputs, which need no
    state, are computed for all steps at once.
    """
    weights = [
        weight
        for cell in cells
        for weight in (cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh)
    ]
    width = cells[0].hidden_size
    initial = inputs.new_zeros(len(cells), inputs.shape[1], width)
    learns = torch.is_grad_enabled()  # without, cuDNN keeps nothing for the backward pass
    outputs, _ = torch.gru(inputs, initial, weights, True, len(cells), 0.0, learns, False, False)
    return outputs
