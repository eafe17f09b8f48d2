"""Recurrent layers of several runs at once, in as few operations as torch has for one run's.

vmap has no rule for torch's own; these work on what it hides. Beside the products a step is one
operation on a GPU, forward and backward: the one behind `torch.nn.GRUCell` there.

Shape legend: S seeds, T steps, R rows, I inputs, H hidden width; rows of all seeds are S * R.
Source: Cho et al. 2014, with torch's order of gates: reset, update, new.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable


class _Vmapped(Protocol):
    """What vmap tells of a call."""

    batch_size: int  # S


class _Kept(Protocol):
    """What a function of torch's keeps for its backward pass."""

    saved_tensors: tuple[Tensor, ...]

    def save_for_backward(self, *tensors: Tensor) -> None: ...


class _Seeds(Function):
    """Takes a function of tensors (S, ...) behind vmap, which hides that axis."""

    @staticmethod
    def forward(function: Callable[..., Tensor], *tensors: Tensor) -> Tensor:
        del tensors  # there is no axis of seeds
        raise RuntimeError(f"{function.__name__} is for several runs: call it under vmap")

    @staticmethod
    def setup_context(ctx: object, inputs: tuple[object, ...], output: object) -> None:
        raise NotImplementedError("a recurrent layer whose gradients are taken under vmap")

    @staticmethod
    def vmap(
        info: _Vmapped,
        in_dims: Sequence[int | None],
        function: Callable[..., Tensor],
        *tensors: Tensor,
    ) -> tuple[Tensor, int]:
        seeds = info.batch_size
        together = [
            tensor.expand(seeds, *tensor.shape) if dim is None else tensor.movedim(dim, 0)
            for tensor, dim in zip(tensors, in_dims[1:], strict=True)
        ]
        return function(*together), 0


def gru_step(from_inputs: Tensor, from_hidden: Tensor, hidden: Tensor) -> Tensor:
    """One step of one run's cell, under vmap: next states (R, H).

    ``from_inputs`` and ``from_hidden`` (R, 3 H) are what inputs and ``hidden`` (R, H) add to the
    gates.
    """
    found: Tensor = _Seeds.apply(_step_of_all, from_inputs, from_hidden, hidden)  # type: ignore[no-untyped-call]
    return found


def gru_layer(inputs: Tensor, initial: Tensor, weights: Sequence[Tensor]) -> Tensor:
    """One run's layer over whole sequences (T, R, I) from states (R, H), under vmap: (T, R, H).

    ``weights`` are those of inputs (3 H, I) and states (3 H, H), and the biases (3 H) of both.
    """
    found: Tensor = _Seeds.apply(_layer_of_all, inputs, initial, *weights)  # type: ignore[no-untyped-call]
    return found


def _step_of_all(from_inputs: Tensor, from_hidden: Tensor, hidden: Tensor) -> Tensor:
    rows = (tensor.flatten(0, 1) for tensor in (from_inputs, from_hidden, hidden))
    found: Tensor = _Step.apply(*rows)  # type: ignore[no-untyped-call]
    return found.view_as(hidden)


def _layer_of_all(
    inputs: Tensor,
    initial: Tensor,
    weight_in: Tensor,
    weight_hidden: Tensor,
    bias_in: Tensor,
    bias_hidden: Tensor,
) -> Tensor:
    from_inputs = torch.baddbmm(bias_in.unsqueeze(1), inputs.flatten(1, 2), weight_in.mT)
    by_step = from_inputs.unflatten(1, inputs.shape[1:3]).transpose(0, 1).contiguous()
    states: Tensor = _Unrolled.apply(by_step, initial, weight_hidden, bias_hidden)  # type: ignore[no-untyped-call]
    return states.transpose(0, 1)


class _Step(Function):
    """Next states (S * R, H) from what inputs and states add to the gates, and from the states."""

    @staticmethod
    def forward(ctx: _Kept, from_inputs: Tensor, from_hidden: Tensor, hidden: Tensor) -> Tensor:
        following, kept = forward_step(from_inputs, from_hidden, hidden)
        ctx.save_for_backward(*kept)
        return following

    @staticmethod
    @once_differentiable
    def backward(ctx: _Kept, *gradients: Tensor) -> tuple[Tensor, ...]:
        return backward_step(gradients[0].contiguous(), ctx.saved_tensors)


class _Unrolled(Function):
    """States (T, S, R, H), of which only what needs the state before is done step by step.

    From what the inputs add to the gates (T, S, R, 3 H), first states (S, R, H), and the weight
    (S, 3 H, H) and bias (S, 3 H) that lead from states to gates.
    """

    @staticmethod
    def forward(
        ctx: _Kept, from_inputs: Tensor, initial: Tensor, weight: Tensor, bias: Tensor
    ) -> Tensor:
        states, kept = [], []
        hidden, turned = initial, weight.mT
        # The bias of all steps at once, to which each step adds its product in place.
        from_hidden = bias.unsqueeze(1).expand_as(from_inputs).clone()
        for known, gates in zip(from_inputs.unbind(0), from_hidden.unbind(0), strict=True):
            gates.baddbmm_(hidden, turned)
            rows = (tensor.flatten(0, 1) for tensor in (known, gates, hidden))
            following, needed = forward_step(*rows)
            hidden = following.view_as(initial)
            states.append(hidden)
            kept.append(needed)
        found = torch.stack(states)
        ctx.save_for_backward(initial, weight, found, *(part for step in kept for part in step))
        return found

    @staticmethod
    @once_differentiable
    def backward(ctx: _Kept, *gradients: Tensor) -> tuple[Tensor, ...]:
        initial, weight, states, *flat = ctx.saved_tensors
        each = len(flat) // len(states)
        to_inputs: list[Tensor] = []
        to_gates: list[Tensor] = []
        carried = torch.zeros_like(initial)
        for t in range(len(states) - 1, -1, -1):
            to_state = (gradients[0][t] + carried).flatten(0, 1)
            inputs, gates, hidden = backward_step(to_state, flat[t * each : (t + 1) * each])
            to_inputs.insert(0, inputs.unflatten(0, initial.shape[:2]))
            to_gates.insert(0, gates.unflatten(0, initial.shape[:2]))
            carried = hidden.view_as(initial).baddbmm_(to_gates[0], weight)
        every_gate = torch.stack(to_gates, dim=1).flatten(1, 2)  # (S, T * R, 3 H)
        before = torch.stack([initial, *states[:-1].unbind(0)], dim=1).flatten(1, 2)
        to_weight = every_gate.mT @ before
        return torch.stack(to_inputs), carried, to_weight, every_gate.sum(dim=1)


def forward_step(
    from_inputs: Tensor, from_hidden: Tensor, hidden: Tensor
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Return the next states (S * R, H), and what `backward_step` needs."""
    if hidden.is_cuda:
        following, workspace = torch.ops.aten._thnn_fused_gru_cell(from_inputs, from_hidden, hidden)
        return following, (workspace,)
    width = hidden.shape[1]
    gates_in, new_in = from_inputs.split([2 * width, width], dim=1)
    gates_hidden, new_hidden = from_hidden.split([2 * width, width], dim=1)
    gates = (gates_in + gates_hidden).sigmoid_()
    reset, update = gates.chunk(2, dim=1)
    new = torch.addcmul(new_in, new_hidden, reset).tanh_()
    return torch.lerp(new, hidden, update), (gates, new, new_hidden, hidden)


def backward_step(gradient: Tensor, kept: Sequence[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
    """Return the gradients of `forward_step`'s arguments, given that of the states (S * R, H)."""
    if gradient.is_cuda:
        (workspace,) = kept
        found = torch.ops.aten._thnn_fused_gru_cell_backward(gradient, workspace, False)
        return found[0], found[1], found[2]
    gates, new, new_hidden, hidden = kept
    reset, update = gates.chunk(2, dim=1)
    to_hidden = gradient * update
    to_new = torch.ops.aten.tanh_backward(gradient - to_hidden, new)
    to_both = torch.cat([to_new * new_hidden, gradient * (hidden - new)], dim=1)
    to_gates = torch.ops.aten.sigmoid_backward(to_both, gates)
    from_inputs = torch.cat([to_gates, to_new], dim=1)
    return from_inputs, torch.cat([to_gates, to_new * reset], dim=1), to_hidden
