"""The statistics with which messages are normalised, and what moves them."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from acd_plugin.communication.message_norm import MessageNorm


@given(st.integers(1, 5), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_it_follows_what_was_received_and_nothing_else(games: int, steps: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    messages = rng.random((games, steps, 3, 2)).astype(np.float32)
    heard = np.broadcast_to(rng.random((games, steps, 1)) < 0.5, (games, steps, 3))
    norm = MessageNorm(2)
    norm.update(torch.tensor(messages), torch.tensor(heard).float())
    picked = messages[heard]
    mean, variance = np.zeros(2), np.ones(2)
    if len(picked):
        mean, variance = 0.1 * picked.mean(axis=0), 0.9 + 0.1 * picked.var(axis=0, ddof=1)
    np.testing.assert_allclose(norm.mean.numpy(), mean, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(norm.variance.numpy(), variance, rtol=1e-5)


def test_a_single_message_varies_by_nothing() -> None:
    norm = MessageNorm(1)
    norm.update(torch.tensor([[0.75], [0.5]]), torch.tensor([1.0, 0.0]))
    torch.testing.assert_close(norm.mean, torch.tensor([0.075]))
    torch.testing.assert_close(norm.variance, torch.tensor([0.9]))
