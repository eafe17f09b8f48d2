"""What CybORG 3.1 needs to run with today's packages; nothing of it is applied without CybORG.

It was written for gym 0.23, which is no longer maintained and whose random generator numpy cannot
copy since 1.24. Its successor gymnasium has everything that CybORG asks of gym, but for one module
and the generator's old method names.
"""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

Size = int | tuple[int, ...] | None
Integers = int | np.int64 | NDArray[np.int64]


class RandomNumbers(np.random.Generator):
    """numpy's generator with the old names of two methods, and which can be copied."""

    def randint(self, low: int, high: int | None = None, size: Size = None) -> Integers:
        return self.integers(low, high, size)

    def rand(self, *shape: int) -> float | NDArray[np.float64]:
        return self.random(shape or None)

    def __reduce__(self) -> tuple[type[RandomNumbers], tuple[np.random.BitGenerator], None]:
        return RandomNumbers, (self.bit_generator,), None


def random_numbers(seed: int | None = None) -> RandomNumbers:
    return RandomNumbers(np.random.PCG64(seed))


def alias_gym() -> None:
    """Let ``import gym`` find gymnasium, unless a gym was imported already.

    Raises ImportError when gymnasium is not installed.
    """
    if "gym" in sys.modules:
        return
    import gymnasium  # noqa: PLC0415 - an optional package

    seeding = _module("gym.utils.seeding", np_random=lambda seed=None: (random_numbers(seed), seed))
    vector_utils = _module("gym.vector.utils", spaces=gymnasium.spaces)
    sys.modules.update(
        {
            "gym": gymnasium,
            "gym.spaces": gymnasium.spaces,
            "gym.utils": _module("gym.utils", seeding=seeding),
            "gym.utils.seeding": seeding,
            "gym.vector": _module("gym.vector", utils=vector_utils),
            "gym.vector.utils": vector_utils,
        }
    )


def stand_in_for_paramiko() -> None:
    """Let ``import paramiko`` succeed without it: only CybORG's emulator, never played, uses it."""
    if "paramiko" not in sys.modules and importlib.util.find_spec("paramiko") is None:
        sys.modules["paramiko"] = _module("paramiko")


def _module(name: str, **content: object) -> ModuleType:
    module = ModuleType(name)
    module.__dict__.update(content)
    return module
