"""Functions of torch's that cannot be batched over seeds, or only at a price, by others that can.

Networks call them as ever; only while several are called as one do the others stand in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode


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
    """One step of R rows: inputs (R, I) and states (R, H) to states (R, H) (Cho et al. 2014)."""
    return _step(linear(inputs, weight_in, bias_in), hidden, weight_hidden, bias_hidden)


def _step(
    from_inputs: Tensor, hidden: Tensor, weight_hidden: Tensor, bias_hidden: Tensor | None
) -> Tensor:
    """The step, given what the inputs add to the gates (R, 3 H), as torch computes it on a CPU."""
    from_hidden = linear(hidden, weight_hidden, bias_hidden)
    width = hidden.shape[-1]
    gates_in, new_in = from_inputs.split([2 * width, width], dim=-1)
    gates_hidden, new_hidden = from_hidden.split([2 * width, width], dim=-1)
    reset, update = (gates_hidden + gates_in).sigmoid().chunk(2, dim=-1)
    new = (new_in + new_hidden * reset).tanh()
    return (hidden - new) * update + new


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
        weight_in, weight_hidden, bias_in, bias_hidden = weights[4 * layer : 4 * layer + 4]
        from_inputs = linear(inputs, weight_in, bias_in)
        hidden, states = initial[layer], []
        for known in from_inputs.unbind(0):
            hidden = _step(known, hidden, weight_hidden, bias_hidden)
            states.append(hidden)
        inputs = torch.stack(states)
        last.append(hidden)
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
