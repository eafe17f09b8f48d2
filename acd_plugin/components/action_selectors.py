"""How actions are picked from action values."""

from __future__ import annotations

from types import SimpleNamespace

import torch
from torch import Tensor

from acd_plugin.components.schedules import LinearSchedule
from acd_plugin.components.streams import named_generator


class EpsilonGreedy:
    """The best available action or, with probability epsilon, any available one.

    Every agent of every game throws its own coin. The generator is the run's "exploration" stream.
    """

    def __init__(self, args: SimpleNamespace) -> None:
        self._schedule = LinearSchedule(
            args.epsilon_start, args.epsilon_finish, args.epsilon_anneal_time
        )
        self._test_epsilon = args.evaluation_epsilon
        self.generator = named_generator(args.seed, "exploration")
        self.epsilon = self._schedule.at(0)

    def select_action(
        self, action_values: Tensor, available: Tensor, t_env: int, test_mode: bool = False
    ) -> Tensor:
        """Return actions (B, N) for values (B, N, A) under masks (B, N, A)."""
        self.epsilon = self._schedule.at(t_env)
        greedy = action_values.masked_fill(available == 0, -torch.inf).argmax(dim=2)
        epsilon = self._test_epsilon if test_mode else self.epsilon
        if epsilon == 0.0:
            return greedy
        batch, agents, actions = available.shape
        coins = torch.rand(batch, agents, generator=self.generator).to(greedy.device)
        weights = available.reshape(-1, actions).float().cpu()
        anything = torch.multinomial(weights, 1, generator=self.generator).to(greedy.device)
        return torch.where(coins < epsilon, anything.reshape(batch, agents), greedy)


REGISTRY = {"epsilon_greedy": EpsilonGreedy}
