"""Clipping is PyTorch's, and that of each seed by itself under vmap."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.func import vmap

from acd_plugin.learners.gradients import clip

SHAPES = ((70, 50), (70,), (3, 70), (), (0,))


def gradients(seed: int, scale: float = 1.0) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [scale * torch.randn(shape, generator=generator) for shape in SHAPES]


@pytest.mark.parametrize("most", [0.5, 1e9])
def test_it_is_pytorchs(most: float) -> None:
    ours = gradients(0)
    parameters = [nn.Parameter(torch.zeros(shape)) for shape in SHAPES]
    for parameter, gradient in zip(parameters, ours, strict=True):
        parameter.grad = gradient.clone()
    norm = nn.utils.clip_grad_norm_(parameters, most)
    assert torch.equal(clip(ours, most), norm)
    for parameter, gradient in zip(parameters, ours, strict=True):
        assert parameter.grad is not None
        assert torch.equal(parameter.grad, gradient)


def test_every_seed_is_clipped_by_its_own_norm() -> None:
    """Equal up to the order of sums, relative 1e-6."""
    runs = [gradients(0), gradients(1, scale=1e-3), gradients(2, scale=7.0)]
    together = [torch.stack(parts) for parts in zip(*runs, strict=True)]
    norms = vmap(clip, (0, None))(together, 1.0)
    alone = [clip(own, 1.0) for own in runs]
    torch.testing.assert_close(norms, torch.stack(alone), rtol=1e-6, atol=0.0)
    for seed, own in enumerate(runs):
        for one, two in zip(together, own, strict=True):
            torch.testing.assert_close(one[seed], two, rtol=1e-6, atol=0.0)
    assert (norms < 1.0).tolist() == [False, True, False]
