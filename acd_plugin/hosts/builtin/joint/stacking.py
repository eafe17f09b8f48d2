"""Lay tensors of several runs together, so that each run's own becomes a view of one tensor.

Whoever changes the stacked tensor in place changes the runs', and the other way round; a run is
stored from its own. Shape legend: S seeds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

Tensors = dict[str, Tensor]


def stack_modules(modules: Sequence[nn.Module]) -> Tensors:
    """Return parameters (which may be differentiated) and buffers by name, each (S, ...)."""
    stacked: Tensors = {}
    for name, _ in modules[0].named_parameters():
        own = [module.get_parameter(name) for module in modules]
        stacked[name] = nn.Parameter(_stack_data(own))
    for name, _ in modules[0].named_buffers():
        stacked[name] = _stack_data([module.get_buffer(name) for module in modules])
    return stacked


def _stack_data(own: Sequence[Tensor]) -> Tensor:
    together = torch.stack([tensor.detach() for tensor in own])
    for tensor, part in zip(own, together, strict=True):
        tensor.data = part
    return together


def stack_tensors(runs: Sequence[dict[str, Tensor]]) -> Tensors:
    """Return the runs' tensors by name, each (S, ...); in ``runs`` they become views."""
    stacked: Tensors = {}
    for name in runs[0]:
        stacked[name] = torch.stack([tensors[name] for tensors in runs])
        for tensors, part in zip(runs, stacked[name], strict=True):
            tensors[name] = part
    return stacked


def stack_optimisers(
    runs: Sequence[Optimizer], parameters: Sequence[Sequence[Tensor]], stacked: Sequence[Tensor]
) -> Optimizer:
    """Return the optimiser of the ``stacked`` parameters, which goes on from the runs' states.

    ``parameters`` are those that each run's optimiser moves, in the same order. All optimisers here
    treat every number by itself, so that one step moves each run as its own would.
    """
    first = runs[0]
    on_gpu = stacked[0].is_cuda
    settings = {**first.defaults, **({"capturable": True} if on_gpu else {})}
    joint: Optimizer = type(first)(list(stacked), **settings)
    _fill_state(joint, stacked)
    for number, (optimiser, own) in enumerate(zip(runs, parameters, strict=True)):
        for parameter, together in zip(own, stacked, strict=True):
            before = optimiser.state.get(parameter, {})
            views = {
                name: value[number] if value.shape == together.shape else value
                for name, value in joint.state[together].items()
            }
            for name, view in views.items():
                if name in before:
                    view.copy_(before[name])
                else:
                    view.zero_()
            optimiser.state[parameter] = views
    return joint


@torch.no_grad()
def _fill_state(optimiser: Optimizer, parameters: Sequence[Tensor]) -> None:
    """Let an optimiser make the tensors of its state, which it does at its first step."""
    before = [parameter.detach().clone() for parameter in parameters]
    for parameter in parameters:
        parameter.grad = torch.zeros_like(parameter)
    optimiser.step()
    for parameter, value in zip(parameters, before, strict=True):
        parameter.copy_(value)


def state_of(optimiser: Optimizer) -> Iterator[Tensor]:
    """Yield the tensors of an optimiser's state."""
    for values in optimiser.state.values():
        yield from (value for value in values.values() if isinstance(value, Tensor))


class Snapshot:
    """Copies of tensors, to which they can be set back."""

    def __init__(self, tensors: Sequence[Tensor]) -> None:
        self._kept = [(tensor, tensor.detach().clone()) for tensor in tensors]

    @torch.no_grad()
    def restore(self) -> None:
        for tensor, value in self._kept:
            tensor.copy_(value)


def tensors_in(state: object) -> Iterator[Tensor]:
    """Yield all tensors of a nested state."""
    if isinstance(state, Tensor):
        yield state
    elif isinstance(state, Mapping):
        for part in state.values():
            yield from tensors_in(part)
    elif isinstance(state, (list, tuple)):
        for part in state:
            yield from tensors_in(part)
