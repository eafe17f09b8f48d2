"""What is listed or counted in a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence

_IN_BRACKETS = re.compile(r"\([^()]*\)")


def enumerated(parts: Sequence[str]) -> str:
    """Join parts by commas, or by semicolons where a name among them has a comma of its own.

    What stands in brackets after a name is no part of it.
    """
    has_comma = any("," in _IN_BRACKETS.sub("", part) for part in parts)
    return ("; " if has_comma else ", ").join(parts)


def counted(number: int, what: str) -> str:
    """Return ``1 run``, ``2 runs``."""
    return f"{number} {what}{'' if number == 1 else 's'}"
