"""The interpreter-wide random generators, from which networks are initialised.

Components written for EPyMARL draw from them, too; our own have named generators of their own.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor


def seed_global_generators(seed: int) -> None:
    """Begin all three anew."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


class GlobalGenerators(NamedTuple):
    """Their states at one moment, to go on from after somebody else has seeded them."""

    python: tuple[Any, ...]
    numpy: dict[str, Any]
    torch: Tensor

    @classmethod
    def capture(cls) -> GlobalGenerators:
        return cls(random.getstate(), numpy_state(), torch.get_rng_state())

    def restore(self) -> None:
        random.setstate(self.python)
        set_numpy_state(self.numpy)
        torch.set_rng_state(self.torch)


@contextmanager
def kept_generators() -> Iterator[None]:
    """Leave the generators at the end as they were."""
    generators = GlobalGenerators.capture()
    try:
        yield
    finally:
        generators.restore()


def numpy_state() -> dict[str, Any]:
    """Return numpy's state in plain values, which a checkpoint may hold."""
    state: Any = np.random.get_state(legacy=False)
    return {**state, "state": {**state["state"], "key": state["state"]["key"].tolist()}}


def set_numpy_state(state: dict[str, Any]) -> None:
    key = np.array(state["state"]["key"], dtype=np.uint32)
    np.random.set_state({**state, "state": {**state["state"], "key": key}})
