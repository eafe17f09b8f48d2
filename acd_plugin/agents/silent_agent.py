"""What controllers want of networks that do not communicate: EPyMARL's contract.

Shape legend: B games, T steps, N agents, I inputs, H hidden width, A actions.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from torch import Tensor


class SilentAgent(Protocol):
    """A module built by ``make(input_size, args)``."""

    def init_hidden(self) -> Tensor:
        """Return the state that every game starts from: (1, H) for all agents, or (N, H)."""
        ...

    def __call__(self, inputs: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """One step: inputs (B * N, I) and states to outputs (B * N, A) and states."""
        ...


@runtime_checkable
class UnrollingAgent(Protocol):
    """A module that also takes whole episodes at once; one written for EPyMARL does not."""

    def unroll(self, inputs: Tensor) -> Tensor:
        """Return the outputs (T, B, N, A) for inputs (T, B, N, I)."""
        ...
