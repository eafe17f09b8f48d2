"""The types at the centre: what agents, controllers, learners and runners hand each other.

They have the names and shapes of EPyMARL's own, so that a class written against them works in its
loop as well as in ours. Shape legend: B episodes, T steps (one more than were played), N agents.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypedDict

import torch
from torch import Tensor

Index = int | slice | list[int] | Tensor


class SchemeEntry(TypedDict, total=False):
    """How one entry of an episode is stored."""

    vshape: int | tuple[int, ...]  # shape of one value
    group: str  # "agents": one value for each of them
    dtype: torch.dtype  # float32 if it is not given
    episode_const: bool  # one value for the whole episode instead of one for each step


Scheme = dict[str, SchemeEntry]


class EpisodeBatch(Protocol):
    """Episodes as tensors: entry "obs" is (B, T, N, O), "reward" (B, T, 1), and so on."""

    batch_size: int
    max_seq_length: int

    def __getitem__(self, name: str) -> Tensor: ...

    def update(
        self,
        data: Mapping[str, Tensor],
        bs: Index = ...,
        ts: Index = ...,
        mark_filled: bool = ...,
    ) -> None:
        """Write entries at episodes ``bs`` and steps ``ts``."""
        ...

    def max_t_filled(self) -> int | Tensor:
        """Return the largest number of steps that any episode has."""
        ...


class StatLogger(Protocol):
    """Where numbers go: EPyMARL's logger and our recorder."""

    def log_stat(self, key: str, value: float, t: int) -> None:
        """Record one number at environment step ``t``."""
        ...
