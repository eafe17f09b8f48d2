"""Recurrent layers in plain tensor functions.

torch's own recurrent kernels cannot be batched over the networks of several runs
(`torch.func.vmap`), and differ from device to device in when they may be differentiated. These
layers have torch's parameters and names, so that weights fit both ways, and do the same operations
in the same order as torch does on a CPU.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional


class GruCell(nn.GRUCell):
    """torch's GRU cell, whose step is a function of tensors (Cho et al. 2014)."""

    def forward(self, inputs: Tensor, hidden: Tensor) -> Tensor:  # type: ignore[override]
        """One step of R rows: inputs (R, I) and states (R, H) to states (R, H)."""
        return self.step(self.from_inputs(inputs), hidden)

    def from_inputs(self, inputs: Tensor) -> Tensor:
        """Return what the inputs (..., I) add to the gates (..., 3 H); needs no state."""
        return functional.linear(inputs, self.weight_ih, self.bias_ih)

    def step(self, from_inputs: Tensor, hidden: Tensor) -> Tensor:
        """Return the states (R, H) that follow ``hidden`` (R, H)."""
        from_hidden = functional.linear(hidden, self.weight_hh, self.bias_hh)
        parts = [2 * self.hidden_size, self.hidden_size]  # reset and update gates, new states
        gates_in, new_in = from_inputs.split(parts, dim=-1)
        gates_hidden, new_hidden = from_hidden.split(parts, dim=-1)
        reset, update = (gates_hidden + gates_in).sigmoid_().chunk(2, dim=-1)
        new = (new_in + new_hidden * reset).tanh_()
        return (hidden - new) * update + new


def unroll_gru(cells: Sequence[GruCell], inputs: Tensor) -> Tensor:
    """Run stacked GRU cells over inputs (T, R, width) from zero states; returns (T, R, width).

    The same as calling the cells step by step, but the products with the inputs, which need no
    state, are computed for all steps at once.
    """
    for cell in cells:
        from_inputs = cell.from_inputs(inputs)
        hidden = torch.zeros_like(inputs[0, :, :1]).expand(-1, cell.hidden_size)
        states = []
        for known in from_inputs.unbind(0):
            hidden = cell.step(known, hidden)
            states.append(hidden)
        inputs = torch.stack(states)
    return inputs
