"""Targets, against the definitions written out step by step."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from acd_plugin.components.returns import cut_off, lambda_returns, n_step_returns


def numbers(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def n_step_by_definition(
    rewards: list[float], values: list[float], t: int, n: int, gamma: float, add: bool
) -> float:
    total, steps = 0.0, len(rewards)
    for k in range(n):
        if t + k == steps:
            return total + gamma**k * values[steps] * add
        total += gamma**k * rewards[t + k]
    bootstrap = values[t + n] if t + n < steps or add else 0.0
    return total + gamma**n * bootstrap


@given(st.integers(1, 7), st.integers(1, 9), st.booleans())
def test_n_step_returns(steps: int, n: int, add: bool) -> None:
    rewards, values = numbers(2, steps, 3), numbers(2, steps + 1, 3, seed=1)
    open_ended = torch.zeros(2, steps, 3)
    open_ended[:, -1] = add
    returns = n_step_returns(rewards, values, torch.ones(2, steps, 3), open_ended, 0.9, n)
    for t in range(steps):
        expected = n_step_by_definition(
            rewards[1, :, 2].tolist(), values[1, :, 2].tolist(), t, n, 0.9, add
        )
        assert returns[1, t, 2].item() == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_n_step_returns_count_nothing_after_the_end() -> None:
    played = torch.tensor([1.0, 1.0, 0.0, 0.0]).view(1, 4, 1)
    over = torch.zeros(1, 4, 1)
    returns = n_step_returns(torch.ones(1, 4, 1), torch.ones(1, 5, 1), played, over, 1.0, 2)
    assert returns.flatten().tolist() == [2.0, 1.0, 0.0, 0.0]


def test_games_that_were_cut_off_go_on_with_what_they_reached() -> None:
    played = torch.tensor([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [1.0, 1.0, 0.0]]).unsqueeze(2)
    terminated = torch.tensor([[0, 0, 0], [0, 0, 0], [0, 1, 0]]).unsqueeze(2)
    open_ended = cut_off(played, terminated)
    assert open_ended[..., 0].tolist() == [[0, 1, 0], [0, 0, 1], [0, 0, 0]]
    values = torch.tensor([1.0, 2.0, 4.0, 8.0]).expand(3, 4).unsqueeze(2)
    returns = n_step_returns(torch.ones(3, 3, 1), values, played, open_ended, 1.0, 2)
    assert returns[..., 0].tolist() == [[6, 5, 0], [6, 10, 9], [2, 1, 0]]


@pytest.mark.parametrize("td_lambda", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("is_cut_off", [False, True])
def test_lambda_returns(td_lambda: float, is_cut_off: bool) -> None:
    rewards, following = numbers(2, 5, 1), numbers(2, 5, 3, seed=1)
    terminated = torch.zeros(2, 5, 1)
    terminated[0, -1] = 1
    terminated[1, 2] = not is_cut_off
    played = torch.ones(2, 5, 1)
    played[1, 3:] = 0  # the second game is over after three steps
    returns = lambda_returns(rewards, terminated, following, played, 0.9, td_lambda)
    for game, last in enumerate((4, 2)):
        later = following[game, last]
        for t in range(last, -1, -1):
            ahead = (1 - td_lambda) * following[game, t] + td_lambda * later
            later = rewards[game, t] + 0.9 * (1 - terminated[game, t]) * ahead
            torch.testing.assert_close(returns[game, t], later)


def test_lambda_1_is_the_discounted_sum_of_rewards() -> None:
    rewards, terminated = numbers(1, 6, 1), torch.zeros(1, 6, 1)
    terminated[0, -1] = 1
    returns = lambda_returns(
        rewards, terminated, numbers(1, 6, 1, seed=1), torch.ones(1, 6, 1), 0.9, 1.0
    )
    expected = sum(0.9**t * reward for t, reward in enumerate(rewards.flatten().tolist()))
    assert returns[0, 0, 0].item() == pytest.approx(expected, rel=1e-5)
