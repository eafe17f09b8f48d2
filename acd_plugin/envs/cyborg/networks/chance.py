"""The chance by which networks are drawn: the same on every machine, for ever.

Like the games' (`envs.compiled.rng`) it is a function of numbers: of the stream, of the network's
number in it, of the attempt, and of how many draws there were before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.compiled import rng
from acd_plugin.envs.compiled.integers import wrapping_integers

_BLOCK = 1 << 16  # of dice that no game has
ItemT = TypeVar("ItemT")


class Chance:
    """Draws for one attempt at one network."""

    def __init__(self, stream: Purpose, number: int, attempt: int) -> None:
        with wrapping_integers():
            self._key = np.uint64(rng.stream_key(attempt, int(stream), number))
        self._draws = 0

    def between(self, ends: Sequence[int]) -> int:
        """Return a number from the first to the last, both included; all are as likely."""
        with wrapping_integers():
            die = rng.roll_one(self._key, _BLOCK, 0, self._draws)
        self._draws += 1
        return ends[0] + rng.pick(die, ends[1] - ends[0] + 1)

    def one_of(self, items: Sequence[ItemT]) -> ItemT:
        return items[self.between((0, len(items) - 1))]

    def shuffled(self, items: Sequence[ItemT]) -> list[ItemT]:
        """Return the items in an order of which all are as likely."""
        left = list(items)
        return [left.pop(self.between((0, len(left) - 1))) for _ in items]
