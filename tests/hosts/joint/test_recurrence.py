"""Recurrent layers of several runs at once are torch's own of each run.

Shape legend: S seeds, T steps, R rows, I inputs, H hidden width.
"""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.func import vmap

from acd_plugin.hosts.builtin.joint.recurrence import gru_layer, gru_step

S, T, R, INPUTS, H = 3, 4, 5, 6, 7


def cells() -> list[nn.GRUCell]:
    torch.manual_seed(0)
    return [nn.GRUCell(INPUTS, H).double() for _ in range(S)]


def stacked(networks: list[nn.GRUCell]) -> list[Tensor]:
    """Weights of inputs and states, and both biases, of all runs."""
    parts = zip(*(network.parameters() for network in networks), strict=True)
    return [torch.stack(part).detach().requires_grad_() for part in parts]


def random(*shape: int) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, requires_grad=True)


def step_by_step(cell: nn.GRUCell, inputs: Tensor, hidden: Tensor) -> Tensor:
    states = []
    for now in inputs:
        hidden = cell(now, hidden)
        states.append(hidden)
    return torch.stack(states)


def test_whole_sequences_are_each_cells_step_by_step_and_so_are_all_gradients() -> None:
    networks = cells()
    weights, inputs, initial = stacked(networks), random(S, T, R, INPUTS), random(S, R, H)
    found = vmap(lambda x, h, *w: gru_layer(x, h, w))(inputs, initial, *weights)
    towards = torch.randn_like(found)
    gradients = torch.autograd.grad((found * towards).sum(), [inputs, initial, *weights])
    for run, cell in enumerate(networks):
        own = [inputs[run].detach().requires_grad_(), initial[run].detach().requires_grad_()]
        expected = step_by_step(cell, *own)
        torch.testing.assert_close(found[run], expected)
        each = torch.autograd.grad((expected * towards[run]).sum(), [*own, *cell.parameters()])
        for gradient, of_run in zip(gradients, each, strict=True):
            torch.testing.assert_close(gradient[run], of_run)


def test_what_all_runs_share_gets_the_sum_of_their_gradients() -> None:
    networks = cells()
    inputs, initial = random(T, R, INPUTS), random(R, H)
    found = vmap(lambda *w: gru_layer(inputs, initial, w))(*stacked(networks))
    gradient, at_first = torch.autograd.grad(found.square().sum(), [inputs, initial])
    expected = sum(step_by_step(cell, inputs, initial).square().sum() for cell in networks)
    own, own_first = torch.autograd.grad(expected, [inputs, initial])  # type: ignore[arg-type]
    torch.testing.assert_close(gradient, own)
    torch.testing.assert_close(at_first, own_first)


def test_without_a_backward_pass_the_states_are_the_same() -> None:
    weights, inputs, initial = stacked(cells()), random(S, T, R, INPUTS), random(S, R, H)
    layer = vmap(lambda x, h, *w: gru_layer(x, h, w))
    with torch.no_grad():
        found = layer(inputs, initial, *weights)
    assert not found.requires_grad
    torch.testing.assert_close(found, layer(inputs, initial, *weights).detach())


def test_the_gradient_of_a_step_is_the_slope_that_differences_show() -> None:
    torch.manual_seed(0)
    arguments = (random(S, R, 3 * H), random(S, R, 3 * H), random(S, R, H))
    assert torch.autograd.gradcheck(vmap(gru_step), arguments)


def test_it_is_for_several_runs_alone() -> None:
    with pytest.raises(RuntimeError, match="under vmap"):
        gru_step(random(R, 3 * H), random(R, 3 * H), random(R, H))


def test_the_operations_that_a_gpu_has_instead_are_called_as_torch_declares_them() -> None:
    # Their values are compared where there is a GPU; this machine's torch has them by name alone.
    aten = torch.ops.aten
    forward = aten._thnn_fused_gru_cell.default._schema
    names = [argument.name for argument in forward.arguments]
    assert names == ["input_gates", "hidden_gates", "hx", "input_bias", "hidden_bias"]
    assert len(forward.returns) == 2
    backward = aten._thnn_fused_gru_cell_backward.default._schema
    assert [a.name for a in backward.arguments] == ["grad_hy", "workspace", "has_bias"]
    assert len(backward.returns) == 5
