"""What a compiler or driver says, in one line."""

from __future__ import annotations

_MOST = 4  # lines of a message that say what and where; what follows is how it got there
_FRAME = ("During:", "Failed in", "-", "^", "<source", ":")  # what lines begin with that do not


def in_one_line(error: object) -> str:
    """Return the lines of a message that say what and where, as one line."""
    lines = [" ".join(line.split()) for line in str(error).splitlines()]
    told = [line for line in lines if line and not line.startswith(_FRAME)]
    return "; ".join(told[:_MOST]) or type(error).__name__
