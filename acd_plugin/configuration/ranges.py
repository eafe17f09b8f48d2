"""How large a setting may be.

An upper limit is no advice: it is what no machine could do, so that a slip of the finger is told at
once and not after a night.
"""

from __future__ import annotations

from operator import index
from typing import Annotated, SupportsIndex

from pydantic import Field

from acd_plugin.errors import UserError

Steps = Annotated[int, Field(ge=1, le=10**15)]  # of an environment: 30 years at a million a second
Games = Annotated[int, Field(ge=1, le=10**9)]  # at once, or stored; memory sets the real limit
Seed = Annotated[int, Field(ge=0, lt=2**32)]  # numpy's generators take no larger one
_LARGEST = 2**63 - 1  # what arrays can hold
MOST_EVALUATED = 10**7  # games of one evaluation: their returns are kept
Width = Annotated[int, Field(ge=1, le=2**14)]  # of a layer: one of that width takes 1 GiB
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Decay = Annotated[float, Field(ge=0.0, lt=1.0)]  # of a running mean


def check_games(episodes: int, seed: int, at_least: int, option: str = "--episodes") -> None:
    """Raise UserError for games of an evaluation that cannot be played."""
    if not at_least <= episodes <= MOST_EVALUATED:
        raise UserError(
            f"{option} is {episodes}: must be at least {at_least}, at most {MOST_EVALUATED:,}"
        )
    if not 0 <= seed < 2**32:
        raise UserError(f"--seed is {seed}: must be at least 0, and below 2^32 ({2**32:,})")


def integer(name: str, value: object, least: int, most: int = _LARGEST) -> int:
    """Return an integer of any library as Python's; UserError unless it is in the range.

    True and False are none, though Python takes them for 1 and 0.
    """
    is_number = isinstance(value, SupportsIndex) and not isinstance(value, bool)
    try:
        found = index(value) if is_number else None  # type: ignore[arg-type]
    except TypeError:  # an array of several, or of other numbers
        found = None
    if found is None or not least <= found <= most:
        raise UserError(f"{name} is {value!r}: must be an integer from {least} to {most}")
    return found
