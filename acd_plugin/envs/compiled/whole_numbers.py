"""Arrays that do not cut fractions, as numpy and compiled code both do without a word."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

ArrayT = TypeVar("ArrayT", bound=NDArray[np.generic])


class FractionError(Exception):
    """A fraction was written where a whole number stands."""


class _WholeNumbers(np.ndarray[tuple[int, ...], np.dtype[np.generic]]):
    """An array that refuses, if it is one of integers, what is none."""

    name = ""  # as it is told

    def __array_finalize__(self, origin: object) -> None:
        self.name = getattr(origin, "name", "")

    def __setitem__(self, key: object, value: object) -> None:
        if self.dtype.kind == "i":
            written = np.asarray(value)
            if written.dtype.kind == "f" and (written % 1 != 0).any():
                raise FractionError(f"{value} is written into {self.name}: must be a whole number")
        cast(Callable[[object, object], None], super().__setitem__)(key, value)


def whole_numbers(name: str, array: ArrayT) -> ArrayT:
    """Return a copy of ``array``, called ``name`` in errors, that takes no fraction for a number.

    Raises FractionError when one is written into it.
    """
    copy = array.copy().view(_WholeNumbers)
    copy.name = name
    return cast(ArrayT, copy)
