"""The command that made a run, as it is stored with the run."""

from __future__ import annotations

import shlex


def without(command: str, key: str) -> str:
    """Return the command without its override of ``key``, if it has one."""
    words = [word for word in shlex.split(command) if not word.startswith(f"{key}=")]
    return shlex.join(words[:-1] if words[-1:] == ["with"] else words)


def with_override(command: str, key: str, value: object) -> str:
    """Return the command with ``key=value`` in place of any other value of that key."""
    words = shlex.split(without(command, key))
    words += [] if "with" in words else ["with"]
    return shlex.join([*words, f"{key}={value}"])
