"""Where compiled code is kept: in a folder that is the user's own.

Machine code is stored with pickles, which run whatever stands in them, so no folder is used into
which somebody else could have put some.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from acd_plugin.errors import UserError

_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


def cache_place(name: str) -> Path:
    """Return a folder called ``name`` for compiled code; UserError when there can be none.

    ``NUMBA_CACHE_DIR`` is used as it is: whoever sets it answers for it.
    """
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    if chosen:
        folder = Path(chosen) / name
        if _can_write(folder):
            return folder
        raise UserError(f"NUMBA_CACHE_DIR={chosen}: no folder can be written there")
    for base in _own_places():
        if _can_write(base / name) and _is_own(base) and _is_own(base / name):
            return base / name
    raise UserError(
        "no folder for compiled rules can be written that nobody else can write into: set "
        "NUMBA_CACHE_DIR to one of yours"
    )


def _own_places() -> Iterator[Path]:
    """Yield the folders that may be ours: in the user's cache, and among temporary files."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))
    if home.is_absolute():  # there may be no home, and then "~" stays as it is
        yield home / "acd_plugin"
    user = os.geteuid() if hasattr(os, "geteuid") else "user"
    temporary = Path(tempfile.gettempdir()) / f"acd_plugin-{user}"
    try:
        temporary.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        return
    if not _others_may_write(temporary):
        yield temporary


def _can_write(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def _is_own(folder: Path) -> bool:
    """Whether a folder is no link, and nobody else's."""
    found = folder.lstat()
    mine = not hasattr(os, "geteuid") or found.st_uid == os.geteuid()
    return mine and stat.S_ISDIR(found.st_mode)


def _others_may_write(folder: Path) -> bool:
    return os.name == "posix" and bool(folder.lstat().st_mode & _OTHERS_MAY_WRITE)
