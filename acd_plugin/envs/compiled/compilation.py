"""One decorator for all compiled rules, and a cache that can never be stale.

numba's own cache looks only at the file of the function it compiles, so editing a rule would leave
its callers with the old one. Here the cache folder is named after the content of every rule file.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

# With highlighting, numba lets colorama wrap whatever standard output is at the time, which in a
# recorded run is a stream that is closed before colorama's exit handler writes to it.
os.environ.setdefault("NUMBA_DISABLE_ERROR_MESSAGE_HIGHLIGHTING", "1")

import numba
from numba.core import config as numba_config

from acd_plugin.errors import UserError

_log = logging.getLogger(__name__)
FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


def cache_folder() -> Path:
    """Return the folder of the compiled rules, named after the rules and numba's version."""
    # The path belongs to it because numba keeps the code of every copy of a file apart.
    digest = hashlib.sha256(f"{numba.__version__} {__file__}".encode())
    for source in sorted(Path(__file__).parents[1].rglob("*.py")):
        digest.update(source.read_bytes())
    name = f"rules-{digest.hexdigest()[:16]}"
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    for base in [chosen] if chosen else [os.path.join(home, "acd_plugin"), tempfile.gettempdir()]:
        folder = Path(base) / name
        if _can_write(folder):
            return folder
    raise UserError(
        f"no folder for compiled rules can be written: set NUMBA_CACHE_DIR (is {chosen})"
    )


def _can_write(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


_CACHE_FOLDER = cache_folder()


def announce_compilation() -> None:
    """Say so if the rules will be compiled now because no earlier process has done it."""
    if not numba_config.DISABLE_JIT and not any(_CACHE_FOLDER.rglob("*.nbc")):
        _log.info("compiling the rules of the game: about 20 s, only the first time")


def compiled(function: FunctionT) -> FunctionT:
    """Compile one rule.

    Every rule receives the whole state, some fifty arrays. Without the two options below numba
    counts references to each of them at every call, which costs 100 times the rule itself:
    ``_nrt=False`` (the rules allocate nothing, so there is nothing to count) and ``forceinline``.
    """
    before = numba_config.CACHE_DIR
    numba_config.CACHE_DIR = str(_CACHE_FOLDER)
    try:
        jit: Any = numba.njit(cache=True, nogil=True, forceinline=True, _nrt=False)
        return cast(FunctionT, jit(function))
    finally:
        numba_config.CACHE_DIR = before
