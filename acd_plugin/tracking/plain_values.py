"""Values as a run records them: finite numbers, and texts that can be written again.

Python's JSON takes more than that: numbers that are none, integers without end, halves of
characters, nesting until the stack is full.
"""

from __future__ import annotations

import json
import math
from itertools import chain
from typing import Any, NoReturn

LARGEST_INTEGER = 2**63 - 1  # what databases and arrays can hold
LARGEST_VALUE = 1e150  # of a measured number: its square, too, is finite
DEEPEST = 30  # lists in lists
_NESTED = frozenset({list, dict})


def parse_json(text: bytes) -> Any:
    """Return what a text says; ValueError when it is no JSON, or says more than a run can mean."""
    try:
        content = json.loads(
            text, parse_constant=_refuse, parse_float=_finite, parse_int=_of_64_bits
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None
    _check_depth(content)
    if b"\\u" in text:  # nothing else makes half of a character
        check_text(json.dumps(content, ensure_ascii=False))
    return content


def check_text(text: str) -> None:
    """Raise ValueError for a text that cannot be written."""
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError("holds half of a character")


def _check_depth(content: object) -> None:
    level: list[Any] = [content]
    for _ in range(DEEPEST):
        level = [one for one in level if type(one) in _NESTED]
        inside = (one.values() if type(one) is dict else one for one in level)
        level = list(chain.from_iterable(inside))
        if _NESTED.isdisjoint(map(type, level)):  # a loop in C: of every run this is read
            return
    raise ValueError("nested too deeply")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits[:20]} is too large a number")
    return number


def _of_64_bits(digits: str) -> int:
    number = int(digits) if len(digits) < 30 else LARGEST_INTEGER + 1
    if not -LARGEST_INTEGER <= number <= LARGEST_INTEGER:
        raise ValueError(f"{digits[:20]} has more than 64 bits")
    return number


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")
