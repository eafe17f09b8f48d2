"""Functions of torch's that cannot be batched over seeds, or only at a price, by others that can.

Networks call them as ever; only while several are called as one do the others stand in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from acd_plugin.hosts.builtin.joint.recurrence import gru_layer, gru_step


def linear(inputs: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Add the bias by itself; vmap would take it apart into more work on the device."""
    product = functional.linear(inputs, weight)
    return product if bias is None else product + bias


def gru_cell(
    inputs: Tensor,
    hidden: Tensor,
    weight_in: Tensor,
    weight_hidden: Tensor,
    bias_in: Tensor | None = None,
    bias_hidden: Tensor | None = None,
) -> Tensor:
    """One step of R rows: inputs (R, I) and states (R, H) to states (R, H)."""
    from_inputs = linear(inputs, weight_in, bias_in)
    from_hidden = linear(hidden, weight_hidden, bias_hidden)
    return gru_step(from_inputs, from_hidden, hidden)


def gru(
    inputs: Tensor,
    initial: Tensor,
    weights: Sequence[Tensor],
    has_biases: bool,
    n_layers: int,
    dropout: float,
    train: bool,
    bidirectional: bool,
    batch_first: bool,
) -> tuple[Tensor, Tensor]:
    """Whole sequences (T, R, I) through stacked layers, as `torch.gru` with biases."""
    del train  # without dropout it says nothing
    if not has_biases or dropout or bidirectional or batch_first:
        raise NotImplementedError("a GRU without biases, with dropout, two-way, or batch first")
    last = []
    for layer in range(n_layers):
        inputs = gru_layer(inputs, initial[layer], weights[4 * layer : 4 * layer + 4])
        last.append(inputs[-1])
    return inputs, torch.stack(last)


_OTHERS: Mapping[object, Callable[..., object]] = {
    functional.linear: linear,
    torch.gru_cell: gru_cell,
    torch.gru: gru,
}


class Batchable(TorchFunctionMode):
    """While it is entered, the functions above stand for torch's."""

    def __torch_function__(
        self,
        function: Callable[..., object],
        types: object,
        arguments: tuple[object, ...] = (),
        options: Mapping[str, object] | None = None,
    ) -> object:
        del types  # part of the contract
        return _OTHERS.get(function, function)(*arguments, **(options or {}))
