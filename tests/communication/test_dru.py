"""The discretise/regularise unit."""

from __future__ import annotations

import math

import pytest
import torch

from acd_plugin.communication.dru import discretise, regularise


def test_regularise_is_the_sigmoid_of_logit_plus_noise() -> None:
    message = regularise(torch.tensor([0.5]), torch.tensor([-1.5]))
    assert message.item() == pytest.approx(1 / (1 + math.e))


def test_regularise_lets_gradients_through() -> None:
    logit = torch.zeros(1, requires_grad=True)
    regularise(logit, torch.zeros(1)).sum().backward()
    assert logit.grad is not None
    assert logit.grad.item() == pytest.approx(0.25)  # the sigmoid's slope at 0


@pytest.mark.parametrize(("logit", "bit"), [(-0.01, 0.0), (0.0, 0.0), (0.01, 1.0), (30.0, 1.0)])
def test_discretise_is_one_only_above_zero(logit: float, bit: float) -> None:
    assert discretise(torch.tensor([logit])).item() == bit
