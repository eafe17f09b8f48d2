"""Several numbers in one word: seeds to train, runs to resume."""

from __future__ import annotations

import re
from collections.abc import Sequence

from acd_plugin.errors import UserError

MOST = 1024
_RANGE = re.compile(r"(\d+)\.\.(\d+)")
_FORMS = "write 0..31, or 0,3,7, or both: 0..3,7"


def is_range(word: str) -> bool:
    """Return whether a word is two numbers with two dots between them."""
    return _RANGE.fullmatch(word.strip()) is not None


def read_numbers(value: object, key: str) -> list[int]:
    """Return what ``0..31``, ``0,3,7`` or a list of such says; ``key`` names it in errors.

    Raises UserError for numbers given twice, ranges that run backwards, none at all, and more than
    anybody can mean.
    """
    parts = value.split(",") if isinstance(value, str) else value
    parts = list(parts) if isinstance(parts, list | tuple) else [parts]
    given = _spelled(value)
    numbers: list[int] = []
    for part in parts:
        numbers += _numbers_in(part, key, given)
        if len(numbers) > MOST:
            raise UserError(f"{key}={given}: are more than {MOST}: take fewer")
    if not numbers:
        raise UserError(f"{key}={given}: names none; {_FORMS}")
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    if twice:
        raise UserError(f"{key}={given}: names {short(twice)} twice")
    return numbers


def short(numbers: Sequence[int]) -> str:
    """Return numbers in few words, as ``0..3, 7``; the order does not matter."""
    return ", ".join(ranges(numbers))


def ranges(numbers: Sequence[int]) -> list[str]:
    """Return numbers as words that `read_numbers` reads: ``0..3``, ``7``."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [
        word
        for run in runs
        for word in ([f"{run[0]}..{run[-1]}"] if len(run) > 2 else [str(number) for number in run])
    ]


def _numbers_in(part: object, key: str, given: str) -> Sequence[int]:
    if isinstance(part, int) and not isinstance(part, bool) and part >= 0:
        return [part]
    word = part.strip() if isinstance(part, str) else ""
    if word.isdecimal():
        return [int(word)]
    found = _RANGE.fullmatch(word)
    if found is None:
        raise UserError(f"{key}={given}: '{part}' is no number and no range of numbers; {_FORMS}")
    first, last = int(found[1]), int(found[2])
    if first > last:
        raise UserError(f"{key}={given}: '{word}' runs backwards: write {last}..{first}")
    return range(first, min(last, first + MOST) + 1)


def _spelled(value: object) -> str:
    if isinstance(value, list | tuple):
        return ",".join(str(part) for part in value)
    return str(value)
