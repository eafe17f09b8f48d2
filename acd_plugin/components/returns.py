"""Targets that learners move their values towards.

Shape legend: B games, T steps, N agents (or 1 for a team's value).
"""

from __future__ import annotations

import torch
from torch import Tensor


def lambda_returns(
    rewards: Tensor, terminated: Tensor, following: Tensor, gamma: float, td_lambda: float
) -> Tensor:
    """Return the lambda-returns (B, T, N) of steps with ``following`` values (Sutton & Barto 12.1).

    ``G_t = r_t + gamma * (1 - terminated_t) * ((1 - lambda) * V_{t+1} + lambda * G_{t+1})``, where
    ``following[:, t]`` is V_{t+1} and stands in for G after the last step. ``td_lambda`` 0 gives
    one-step targets. All arguments are (B, T, N) or broadcast to it.
    """
    discount = gamma * (1 - terminated)
    if td_lambda == 0.0:
        return rewards + discount * following
    immediate = rewards + discount * (1 - td_lambda) * following
    carried = (discount * td_lambda).expand_as(immediate)
    returns = [following[:, -1]]
    for t in range(immediate.shape[1] - 1, -1, -1):
        returns.append(immediate[:, t] + carried[:, t] * returns[-1])
    return torch.stack(returns[:0:-1], dim=1)


def n_step_returns(
    rewards: Tensor, values: Tensor, played: Tensor, gamma: float, n: int, add_last_value: bool
) -> Tensor:
    """Return ``sum over k < n of gamma^k r_{t+k} + gamma^n V_{t+n}`` (B, T, N).

    ``rewards`` and ``played`` are (B, T, N), ``values`` (B, T + 1, N). Near the end the sum simply
    stops; with ``add_last_value`` it closes with the value of the state after the last step, as if
    the game went on.
    """
    batch, steps, agents = rewards.shape
    last = values[:, -1:] if add_last_value else torch.zeros_like(values[:, -1:])
    beyond = rewards.new_zeros(batch, n, agents)
    rewards = torch.cat([rewards * played, last, beyond], dim=1)
    values = torch.cat([values[:, :-1] * played, last, beyond], dim=1)
    total = gamma**n * values[:, n : n + steps]
    for k in range(n):
        total = total + gamma**k * rewards[:, k : k + steps]
    return total
