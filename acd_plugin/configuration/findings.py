"""What a check of somebody's own environment, scenario or algorithm has found."""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """One line for the person who wrote it."""

    is_error: bool  # it will not work; otherwise advice
    text: str
