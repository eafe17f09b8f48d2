"""How actions are picked from action values, or from a policy: functions of tensors.

Shape legend: B games, N agents, A actions, C columns of chance.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Protocol

import torch
from torch import Tensor

from acd_plugin.components.args import ignore
from acd_plugin.components.chance import Stream
from acd_plugin.components.schedules import LinearSchedule

_NEVER = -torch.inf


class ActionSelector(Protocol):
    """Picks actions; built from ``args``, as EPyMARL does."""

    stream: Stream  # the uniform numbers that one agent's choice takes

    def exploration(self, t_env: int, test_mode: bool) -> float:
        """Return which share of the choices is left to chance after ``t_env`` steps of training."""
        ...

    def choose(
        self, outputs: Tensor, available: Tensor, chances: Tensor, exploration: float | Tensor
    ) -> Tensor:
        """Return actions (B, N) for what the networks say (B, N, A) under masks (B, N, A).

        ``chances`` (B, N, C) are uniform numbers in [0, 1), one row for each choice. An
        ``exploration`` of 0.0 picks the best.
        """
        ...


class EpsilonGreedy:
    """The best available action or, with probability epsilon, any available one.

    Every agent of every game throws its own coin.
    """

    stream = Stream(columns=2)  # whether to explore, and what to do then

    def __init__(self, args: SimpleNamespace) -> None:
        start, finish, steps = args.epsilon_start, args.epsilon_finish, args.epsilon_anneal_time
        self._schedule = LinearSchedule(start, finish, steps)
        if steps == 0:
            reason = "epsilon_anneal_time=0: exploration begins with epsilon_finish"
            ignore(args, {"epsilon_start": reason})
        elif start == finish:
            reason = f"epsilon_start and epsilon_finish are both {start:g}"
            ignore(args, {"epsilon_anneal_time": reason})
        self._test_epsilon = float(args.evaluation_epsilon)
        self.epsilon = self._schedule.at(0)  # for the log: that of training, as it was last

    def exploration(self, t_env: int, test_mode: bool) -> float:
        if test_mode:
            return self._test_epsilon
        self.epsilon = self._schedule.at(t_env)
        return self.epsilon

    def choose(
        self, outputs: Tensor, available: Tensor, chances: Tensor, exploration: float | Tensor
    ) -> Tensor:
        best = _best(outputs, available)
        if _is_none(exploration):
            return best
        anything = pick(available, chances[..., 1])
        return torch.where(chances[..., 0] < exploration, anything, best)


class SoftPolicies:
    """An action drawn from the policy, in tests too."""

    stream = Stream(columns=1)

    def __init__(self, args: SimpleNamespace) -> None:
        del args  # a selector's signature

    def exploration(self, t_env: int, test_mode: bool) -> float:
        del t_env, test_mode
        return 1.0

    def choose(
        self, outputs: Tensor, available: Tensor, chances: Tensor, exploration: float | Tensor
    ) -> Tensor:
        if _is_none(exploration):
            return _best(outputs, available)
        return pick(outputs * (available > 0), chances[..., 0])


class Multinomial(SoftPolicies):
    """An action drawn from the policy while learning; in tests the most probable one.

    ``test_greedy: False`` draws in tests too.
    """

    def __init__(self, args: SimpleNamespace) -> None:
        super().__init__(args)
        self._test_greedy = getattr(args, "test_greedy", True)

    def exploration(self, t_env: int, test_mode: bool) -> float:
        del t_env
        return 0.0 if test_mode and self._test_greedy else 1.0


def pick(weights: Tensor, chances: Tensor) -> Tensor:
    """Return the option (...) that each uniform number (...) falls on, by weights (..., A).

    Where all weights are 0 it is the last one.
    """
    edges = weights.cumsum(dim=-1)
    below = edges <= chances.unsqueeze(-1) * edges[..., -1:]
    return below.sum(dim=-1).clamp(max=weights.shape[-1] - 1)


def _best(outputs: Tensor, available: Tensor) -> Tensor:
    return outputs.masked_fill(available == 0, _NEVER).argmax(dim=-1)


def _is_none(exploration: float | Tensor) -> bool:
    return isinstance(exploration, float) and exploration == 0.0


REGISTRY: dict[str, Callable[[SimpleNamespace], ActionSelector]] = {
    "epsilon_greedy": EpsilonGreedy,
    "multinomial": Multinomial,
    "soft_policies": SoftPolicies,
}
