"""What stands for torch's functions while networks are batched computes what they compute."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap

from acd_plugin.hosts.builtin.joint.batchable import Batchable

Make = Callable[[], nn.Module]
LAYERS: dict[str, tuple[Make, list[tuple[int, ...]]]] = {
    "linear": (lambda: nn.Linear(5, 8), [(7, 5)]),
    "no bias": (lambda: nn.Linear(5, 8, bias=False), [(7, 5)]),
    "cell": (lambda: nn.GRUCell(5, 8), [(7, 5), (7, 8)]),
    "layers": (lambda: nn.GRU(5, 8, num_layers=2), [(4, 7, 5)]),
}


def first(found: Tensor | tuple[Tensor, ...]) -> Tensor:
    return found if isinstance(found, Tensor) else found[0]


@pytest.mark.parametrize("name", LAYERS)
def test_many_networks_at_once_are_each_by_itself(name: str) -> None:
    torch.manual_seed(0)
    make, shapes = LAYERS[name]
    networks = [make() for _ in range(3)]
    inputs = [torch.randn(3, *shape) for shape in shapes]
    parameters, buffers = stack_module_state(networks)

    def call(parameters: dict[str, Tensor], *inputs: Tensor) -> Tensor:
        return first(functional_call(networks[0], {**parameters, **buffers}, inputs))

    with Batchable():
        found = vmap(call)(parameters, *inputs)
    found.square().sum().backward()
    for number, network in enumerate(networks):
        expected = first(network(*(one[number] for one in inputs)))
        torch.testing.assert_close(found[number], expected)
        expected.square().sum().backward()
        for own, parameter in network.named_parameters():
            gradient = parameters[own].grad
            assert gradient is not None
            torch.testing.assert_close(gradient[number], parameter.grad)


def test_what_stands_for_nothing_is_told() -> None:
    with Batchable(), pytest.raises(NotImplementedError, match="two-way"):
        nn.GRU(5, 8, bidirectional=True)(torch.randn(4, 7, 5))
