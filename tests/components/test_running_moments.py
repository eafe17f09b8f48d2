"""Running mean and variance."""

from __future__ import annotations

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
