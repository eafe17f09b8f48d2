"""Running mean and variance."""

from __future__ import annotations

import pytest
import torch

from acd_plugin.components.running_moments import RunningMoments


def test_parts_give_the_moments_of_the_whole() -> None:
    values = torch.randn(300, 2) * torch.tensor([3.0, 0.5]) + torch.tensor([10.0, -2.0])
    moments = RunningMoments(2)
    for part in values.split([50, 200, 50]):
        moments.update(part)
    torch.testing.assert_close(moments.mean, values.mean(dim=0), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(moments.variance, values.var(dim=0), rtol=2e-2, atol=0.0)


def test_standardising_can_be_undone() -> None:
    moments = RunningMoments(1)
    values = torch.randn(40, 1) * 7 + 3
    moments.update(values)
    standard = moments.standardise(values)
    assert abs(standard.mean().item()) < 1e-3
    torch.testing.assert_close(moments.restore(standard), values)


def test_what_never_varies_stays_finite() -> None:
    moments = RunningMoments(1)
    moments.update(torch.zeros(10_000, 1))
    moments.update(torch.zeros(10_000, 1))
    assert moments.standardise(torch.zeros(3, 1)).abs().max() == 0


def test_single_values_count_as_well() -> None:
    values = torch.tensor([[2.0], [4.0], [9.0]])
    moments = RunningMoments(1)
    moments.update(values[:0])
    for value in values:
        moments.update(value.unsqueeze(0))
    assert moments.mean.item() == pytest.approx(5.0, rel=1e-3)
    assert moments.variance.item() == pytest.approx(values.var(correction=0).item(), rel=1e-3)
