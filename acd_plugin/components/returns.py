"""Targets that learners move their values towards.

Shape legend: B games, T steps, N agents (or 1 for a team's value).
"""

from __future__ import annotations

import torch
from torch import Tensor


def lambda_returns(
    rewards: Tensor,
    terminated: Tensor,
    following: Tensor,
    played: Tensor,
    gamma: float,
    td_lambda: float,
) -> Tensor:
    """Return the lambda-returns (B, T, N) of steps with ``following`` values (Sutton & Barto 12.1).

    ``G_t = r_t + gamma * (1 - terminated_t) * ((1 - lambda) * V_{t+1} + lambda * G_{t+1})``, where
    ``following[:, t]`` is V_{t+1}, which also stands in for G after the last step that was
    ``played`` (1, else 0). ``td_lambda`` 0 gives one-step targets. All tensors are (B, T, N) or
    broadcast to it.
    """
    discount = gamma * (1 - terminated)
    if td_lambda == 0.0:
        return rewards + discount * following
    further = td_lambda * _goes_on(played)  # how much of what follows is G
    immediate = rewards + discount * (1 - further) * following
    carried = (discount * further).expand_as(immediate)
    returns = [torch.zeros_like(immediate[:, 0])]
    for t in range(immediate.shape[1] - 1, -1, -1):
        returns.append(immediate[:, t] + carried[:, t] * returns[-1])
    return torch.stack(returns[:0:-1], dim=1)


def n_step_returns(
    rewards: Tensor, values: Tensor, played: Tensor, open_ended: Tensor, gamma: float, n: int
) -> Tensor:
    """Return ``sum over k < n of gamma^k r_{t+k} + gamma^n V_{t+n}`` (B, T, N).

    ``rewards``, ``played`` and ``open_ended`` are (B, T, N), ``values`` (B, T + 1, N). Where an
    episode ends the sum simply stops; after a step that is ``open_ended`` (1) it closes with the
    value of the state that was reached, as if the game went on.
    """
    batch, steps, agents = rewards.shape
    before = rewards.new_zeros(batch, 1, agents)
    beyond = rewards.new_zeros(batch, n, agents)
    closing = torch.cat([before, values[:, 1:] * open_ended], dim=1)  # (B, T + 1, N) at its slot
    rewards = torch.cat([torch.cat([rewards * played, before], dim=1) + closing, beyond], dim=1)
    values = torch.cat([torch.cat([values[:, :-1] * played, before], dim=1) + closing, beyond], 1)
    total = gamma**n * values[:, n : n + steps]
    for k in range(n):
        total = total + gamma**k * rewards[:, k : k + steps]
    return total * played


def cut_off(played: Tensor, terminated: Tensor) -> Tensor:
    """Return 1 at the last steps of games that did not end there but were cut off (B, T, N).

    ``played`` is (B, T, N), ``terminated`` (B, T, 1).
    """
    return played * (1 - _goes_on(played)) * (1 - terminated)


def _goes_on(played: Tensor) -> Tensor:
    """Return 1 where the next step was played as well (B, T, N)."""
    return torch.cat([played[:, 1:], torch.zeros_like(played[:, :1])], dim=1)
