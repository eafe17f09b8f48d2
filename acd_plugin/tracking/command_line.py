"""The command that made a run, as it is stored with the run."""

from __future__ import annotations

import re
import shlex

_WITHOUT_QUOTES = re.compile(r"[\w./=:,@%+ -]*", re.ASCII)


def words_of(command: str) -> list[str]:
    """Return the words of a command; of one with a quote too few, what stands between blanks."""
    if _WITHOUT_QUOTES.fullmatch(command):
        return command.split()  # the same, and much faster
    try:
        return shlex.split(command)
    except ValueError:
        return command.split()


def without(command: str, key: str) -> str:
    """Return the command without its override of ``key``, if it has one."""
    words = [word for word in words_of(command) if not word.startswith(f"{key}=")]
    return shlex.join(words[:-1] if words[-1:] == ["with"] else words)


def with_override(command: str, key: str, value: object) -> str:
    """Return the command with ``key=value`` in place of any other value of that key."""
    words = words_of(without(command, key))
    words += [] if "with" in words else ["with"]
    return shlex.join([*words, f"{key}={value}"])
