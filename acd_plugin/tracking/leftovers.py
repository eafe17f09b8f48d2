"""Temporary files of processes that were killed while they wrote; see `write_atomically`."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection
from pathlib import Path

import psutil

_TEMPORARY = re.compile(r"\.(?P<name>.+)\.(?P<pid>\d{1,10})\.\d+\.tmp")


def remove_leftovers(place: Path, shared: Collection[str] | None = None) -> None:
    """Remove what nobody writes any more from a folder.

    ``shared`` are names of files that others may be writing now: theirs stay while a process of
    that number lives. None: all are. What cannot be removed stays.
    """
    for path in place.glob(".*.tmp"):
        found = _TEMPORARY.fullmatch(path.name)
        if found is None:
            continue
        may_be_anothers = shared is None or found["name"] in shared
        if may_be_anothers and psutil.pid_exists(int(found["pid"])):
            continue
        with contextlib.suppress(OSError):
            path.unlink()
