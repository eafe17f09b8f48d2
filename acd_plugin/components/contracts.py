"""The types at the centre: what agents, controllers, learners and runners hand each other.

They have the names and shapes of EPyMARL's own, so that a class written against them works in its
loop as well as in ours. Shape legend: B episodes, T steps (one more than were played), N agents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, Protocol, TypedDict

import torch
from torch import Tensor

Index = int | slice | list[int] | Tensor
StateDict = dict[str, Any]  # tensors and plain values, nested: what a checkpoint can hold
Groups = Mapping[str, int]  # "agents": how many there are


class SchemeEntry(TypedDict, total=False):
    """How one entry of an episode is stored."""

    vshape: int | tuple[int, ...]  # shape of one value
    group: str  # "agents": one value for each of them
    dtype: torch.dtype  # float32 if it is not given
    episode_const: bool  # one value for the whole episode instead of one for each step


Scheme = dict[str, SchemeEntry]


def entry_size(scheme: Scheme, name: str) -> int:
    """Return how many numbers one value of the entry called ``name`` has."""
    shape = scheme[name]["vshape"]
    return shape if isinstance(shape, int) else prod(shape)


class Transform(Protocol):
    """Makes another entry out of one that is written: EPyMARL's ``preprocess``."""

    def transform(self, tensor: Tensor) -> Tensor: ...

    def infer_output_info(
        self, vshape: tuple[int, ...], dtype: torch.dtype
    ) -> tuple[tuple[int, ...], torch.dtype]:
        """Return shape and type of what `transform` makes of an entry."""
        ...


# "actions": the name of the entry that is made of it, and how.
Preprocess = Mapping[str, tuple[str, Sequence[Transform]]]


class EpisodeBatch(Protocol):
    """Episodes as tensors: entry "obs" is (B, T, N, O), "reward" (B, T, 1), and so on.

    "filled" (B, T, 1) is 1 in every slot that was reached: one more than steps were played.
    """

    batch_size: int
    max_seq_length: int

    def __getitem__(self, name: str, /) -> Tensor: ...

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
        """Return the largest number of slots that any episode has filled."""
        ...


class NewEpisodeBatch(Protocol):
    """The class with which a host stores episodes."""

    def __call__(
        self,
        scheme: Scheme,
        groups: Groups,
        batch_size: int,
        max_seq_length: int,
        *,
        preprocess: Preprocess | None,
        device: str,
    ) -> EpisodeBatch: ...


class StatLogger(Protocol):
    """Where numbers go: EPyMARL's logger and our recorder."""

    def log_stat(self, key: str, value: float, t: int) -> None:
        """Record one number at environment step ``t``."""
        ...
