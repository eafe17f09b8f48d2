"""Spaces of Gymnasium and its like, told by their attributes, so that no package is needed.

An observation becomes a flat row of numbers; an action is a number from 0 on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from acd_plugin.errors import UserError

Row = NDArray[np.float32]


def flat_size(space: object) -> int:
    """Return how many numbers an observation of ``space`` has; UserError if it cannot be flat."""
    inner = _inner_spaces(space)
    if inner is not None:
        return sum(flat_size(part) for part in inner.values())
    categories = _categories(space)
    if categories is not None:
        return sum(categories)
    return math.prod(_shape(space))


def flatten(space: object, value: object) -> Row:
    """Return an observation of ``space`` as numbers (flat_size,); categories are one-hot."""
    inner = _inner_spaces(space)
    if inner is not None:
        return np.concatenate([flatten(part, _entry(value, key)) for key, part in inner.items()])
    categories = _categories(space)
    if categories is None:
        return np.asarray(value, dtype=np.float32).reshape(-1)
    first = np.ravel(getattr(space, "start", 0))
    chosen = np.asarray(value, dtype=np.int64).reshape(-1) - first
    row = np.zeros(sum(categories), np.float32)
    row[np.cumsum([0, *categories[:-1]]) + chosen] = 1.0
    return row


def action_count(space: object) -> int:
    """Return the number of actions of a discrete ``space``; UserError if it is another one."""
    n = getattr(space, "n", None)
    if not isinstance(n, (int, np.integer)) or _kind(space) == "MultiBinary":
        raise UserError(
            f"an action space is {space}: must be Discrete, the only one that EPyMARL's algorithms "
            "choose from; number the combinations of choices"
        )
    return int(n)


def first_action(space: object) -> int:
    """Return the number that a discrete space gives its first action."""
    return int(getattr(space, "start", 0))


def _kind(space: object) -> str:
    return type(space).__name__


def _inner_spaces(space: object) -> dict[object, object] | None:
    """Return the spaces that a Dict or a Tuple is made of, in their order."""
    inner = getattr(space, "spaces", None)
    if isinstance(inner, Mapping):
        return dict(inner)
    return dict(enumerate(inner)) if isinstance(inner, Sequence) else None


def _entry(value: object, key: object) -> object:
    if isinstance(value, Mapping):
        return value[key]
    if isinstance(value, Sequence) and isinstance(key, int):
        return value[key]
    raise UserError(f"an observation is {value!r}: must have an entry {key!r}, as its space says")


def _categories(space: object) -> list[int] | None:
    """Return how many values each of a space's categories has; None if it has numbers instead."""
    if _kind(space) == "MultiBinary":
        return None
    if hasattr(space, "nvec"):
        return [int(count) for count in np.ravel(space.nvec)]
    return [int(space.n)] if hasattr(space, "n") else None


def _shape(space: object) -> tuple[int, ...]:
    shape = getattr(space, "shape", None)
    if shape is None:
        raise UserError(
            f"an observation space is {space}: must be Box, Discrete, MultiDiscrete, MultiBinary, "
            "or a Dict or Tuple of these"
        )
    return tuple(shape)
