"""How actions are picked from action values, or from a policy.

Shape legend: B games, N agents, A actions.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Protocol

import torch
from torch import Tensor

from acd_plugin.components.schedules import LinearSchedule
from acd_plugin.components.streams import named_generator


class ActionSelector(Protocol):
    """Picks actions; built from ``args``, as EPyMARL does."""

    generator: torch.Generator  # the only source of its chances

    def select_action(
        self, outputs: Tensor, available: Tensor, t_env: int, /, test_mode: bool = False
    ) -> Tensor:
        """Return actions (B, N) for what the networks say (B, N, A) under masks (B, N, A).

        ``t_env`` is the number of environment steps played so far.
        """
        ...


class EpsilonGreedy:
    """The best available action or, with probability epsilon, any available one.

    Every agent of every game throws its own coin. The generator is the run's stream of that name.
    """

    def __init__(self, args: SimpleNamespace, stream: str = "exploration") -> None:
        self._schedule = LinearSchedule(
            args.epsilon_start, args.epsilon_finish, args.epsilon_anneal_time
        )
        self._test_epsilon = args.evaluation_epsilon
        self.generator = named_generator(args.seed, stream)
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
        coins = torch.rand(greedy.shape, generator=self.generator).to(greedy.device)
        return torch.where(coins < epsilon, _draw(available.float(), self.generator), greedy)


class SoftPolicies:
    """An action drawn from the policy, in tests too."""

    def __init__(self, args: SimpleNamespace) -> None:
        self.generator = named_generator(args.seed, "exploration")

    def select_action(
        self, policy: Tensor, available: Tensor, t_env: int, test_mode: bool = False
    ) -> Tensor:
        """Return actions (B, N) for probabilities (B, N, A) under masks (B, N, A)."""
        del t_env, test_mode
        return _draw(policy * (available > 0), self.generator)


class Multinomial(SoftPolicies):
    """An action drawn from the policy while learning; in tests the most probable one.

    ``test_greedy: False`` draws in tests too.
    """

    def __init__(self, args: SimpleNamespace) -> None:
        super().__init__(args)
        self._test_greedy = getattr(args, "test_greedy", True)

    def select_action(
        self, policy: Tensor, available: Tensor, t_env: int, test_mode: bool = False
    ) -> Tensor:
        if test_mode and self._test_greedy:
            return policy.masked_fill(available == 0, -1.0).argmax(dim=2)
        return super().select_action(policy, available, t_env, test_mode)


def _draw(weights: Tensor, generator: torch.Generator) -> Tensor:
    """Draw from weights (B, N, A); returns (B, N). Generators live on the CPU."""
    drawn = torch.multinomial(weights.flatten(0, 1).cpu(), 1, generator=generator)
    return drawn.to(weights.device).view(weights.shape[:2])


REGISTRY: dict[str, Callable[[SimpleNamespace], ActionSelector]] = {
    "epsilon_greedy": EpsilonGreedy,
    "multinomial": Multinomial,
    "soft_policies": SoftPolicies,
}
