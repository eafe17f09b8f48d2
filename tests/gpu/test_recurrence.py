"""One step of a recurrent layer, which is an operation of its own on a GPU, is the CPU's."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from acd_plugin.hosts.builtin.joint.recurrence import backward_step, forward_step

ROWS, WIDTH = 70, 48


def one_of_many(width: int) -> Tensor:
    """What the step before left in the middle of a larger tensor, as in unrolled sequences."""
    return torch.randn(ROWS, 3, width)[:, 1]


@pytest.mark.parametrize("make", [lambda width: torch.randn(ROWS, width), one_of_many])
def test_states_and_gradients_are_the_cpus(make: object) -> None:
    assert callable(make)
    torch.manual_seed(0)
    arguments = [make(width) for width in (3 * WIDTH, 3 * WIDTH, WIDTH)]
    gradient = torch.randn(ROWS, WIDTH)
    states, kept = forward_step(*arguments)
    on_gpu, kept_there = forward_step(*(argument.cuda() for argument in arguments))
    torch.testing.assert_close(on_gpu.cpu(), states)
    found = backward_step(gradient.cuda(), kept_there)
    for there, here in zip(found, backward_step(gradient, kept), strict=True):
        torch.testing.assert_close(there.cpu(), here)
