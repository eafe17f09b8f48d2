"""Mean and variance, of a batch and running."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from acd_plugin.components.running_moments import RunningMoments, moments_of


def update(moments: RunningMoments, values: Tensor) -> None:
    moments.update(values, torch.ones(len(values)))


@given(st.integers(1, 6), st.integers(1, 5), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_only_what_has_weight_counts(games: int, steps: int, size: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(3, 5, (games, steps, size)).astype(np.float32)
    chosen = rng.random((games, steps)) < 0.5
    rows, mean, variance = moments_of(torch.tensor(values), torch.tensor(chosen).float())
    picked = values[chosen].astype(np.float64)
    assert rows.item() == len(picked)
    expected = picked.mean(axis=0) if len(picked) else np.zeros(size)
    np.testing.assert_allclose(mean.numpy(), expected, rtol=1e-5, atol=1e-5)
    expected = picked.var(axis=0, ddof=1) if len(picked) > 1 else np.zeros(size)
    np.testing.assert_allclose(variance.numpy(), expected, rtol=1e-4, atol=1e-5)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=6), st.integers(0, 2**32 - 1))
def test_parts_give_the_moments_of_the_whole(sizes: list[int], seed: int) -> None:
    """Those of numpy, which knows nothing of the prior count of 1e-4, at mean 0 and variance 1."""
    rng = np.random.default_rng(seed)
    moments, seen = RunningMoments(2), np.zeros((0, 2))
    for size in sizes:
        values = rng.normal([10, -2], [3, 0.5], (12, 2))
        weights = np.arange(12) < size
        moments.update(torch.tensor(values).float(), torch.tensor(weights).float())
        seen = np.concatenate([seen, values[weights]])
        if len(seen):
            np.testing.assert_allclose(moments.mean.numpy(), seen.mean(axis=0), rtol=1e-3)
    assert moments.count.item() == pytest.approx(len(seen) + 1e-4)


def test_many_parts_give_the_variance_of_the_whole() -> None:
    values = torch.randn(300, 2) * torch.tensor([3.0, 0.5]) + torch.tensor([10.0, -2.0])
    moments = RunningMoments(2)
    for part in values.split([50, 200, 50]):
        update(moments, part)
    torch.testing.assert_close(moments.mean, values.mean(dim=0), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(moments.variance, values.var(dim=0), rtol=2e-2, atol=0.0)


def test_nothing_moves_where_nothing_has_weight() -> None:
    moments = RunningMoments(2)
    update(moments, torch.randn(40, 2) * 7 + 3)
    before = {name: value.clone() for name, value in moments.named_buffers()}
    moments.update(torch.randn(40, 2), torch.zeros(40))
    assert all(torch.equal(value, before[name]) for name, value in moments.named_buffers())


def test_standardising_can_be_undone() -> None:
    moments = RunningMoments(1)
    values = torch.randn(40, 1) * 7 + 3
    update(moments, values)
    standard = moments.standardise(values)
    assert abs(standard.mean().item()) < 1e-3
    torch.testing.assert_close(moments.restore(standard), values)


def test_what_never_varies_stays_finite() -> None:
    moments = RunningMoments(1)
    update(moments, torch.zeros(10_000, 1))
    update(moments, torch.zeros(10_000, 1))
    assert moments.standardise(torch.zeros(3, 1)).abs().max() == 0


def test_single_values_count_as_well() -> None:
    values = torch.tensor([[2.0], [4.0], [9.0]])
    moments = RunningMoments(1)
    for value in values:
        update(moments, value.unsqueeze(0))
    assert moments.mean.item() == pytest.approx(5.0, rel=1e-3)
    assert moments.variance.item() == pytest.approx(values.var(correction=0).item(), rel=1e-3)
