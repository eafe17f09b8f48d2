"""One decorator for all compiled rules, and a cache that can never be stale.

A rule is compiled for the CPU, and becomes part of what is compiled for a GPU when a kernel calls
it (`kernels`). With ``NUMBA_DISABLE_JIT=1``, or in numba's simulator of a GPU, it stays Python.

numba's own cache looks only at the file of the function it compiles, so editing a rule would leave
its callers with the old one. Here a game's cache folder is named after the content of all files
with its rules.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar, cast

import numba
from numba.core import config as numba_config
from tqdm import tqdm

from acd_plugin.envs.compiled.cache_place import cache_place
from acd_plugin.envs.compiled.compiled_rule import CompiledRule
from acd_plugin.envs.compiled.content import Sources, files_of, plain
from acd_plugin.envs.compiled.gpu import simulated

_log = logging.getLogger(__name__)
_SHARED = Path(__file__).resolve().parent
_ENVIRONMENTS = _SHARED.parent
FunctionT = TypeVar("FunctionT", bound=Callable[..., object])


def compiled(function: FunctionT) -> FunctionT:
    """Compile one rule.

    A function from outside this package is not cached by itself, because nobody knows yet what it
    will call; `composition` caches the game that it becomes part of.
    """
    return compile_into(function, cache_of_rules(function.__code__.co_filename))


def compile_into(function: FunctionT, folder: Path | None) -> FunctionT:
    """Compile one rule and keep the machine code in ``folder`` (None: nowhere)."""
    if simulated() or numba_config.DISABLE_JIT:  # a simulated kernel is Python and calls Python
        return cast(FunctionT, plain(function))
    rule = CompiledRule(plain(function))
    if folder:
        rule.keep_in(folder)
    return cast(FunctionT, rule)


@cache
def cache_of_rules(file: str) -> Path | None:
    """Return the cache folder of the rules in a file: one for all rules of the same game."""
    path = Path(file).resolve()
    if not path.is_relative_to(_ENVIRONMENTS):
        return None
    named = (folder for folder in path.parents if folder.name in ("game", _SHARED.name))
    return cache_folder(files_of(_SHARED, next(named, path.parent)))


def cache_folder(sources: Sources) -> Path:
    """Return the folder for machine code made from ``sources`` by this version of numba."""
    # The path belongs to it because numba keeps the code of every copy of a file apart.
    made_by = sources._replace(constants=[*sources.constants, numba.__version__, __file__])
    return cache_place(f"rules-{made_by.exact()}")


@cache
def announce_compilation(folder: Path | None) -> None:
    """Say so, once, if rules will be compiled now because no earlier process has done it.

    A notebook or a script, where nobody has set up logging, is told on standard error.
    """
    as_python = numba_config.DISABLE_JIT or simulated()
    if not folder or as_python or any(folder.rglob("*.nbc")):
        return
    told = "compiling the rules of this game: half a minute, only the first time"
    if _log.isEnabledFor(logging.INFO):
        _log.info(told)
    else:
        tqdm.write(told, file=sys.stderr)  # above the bar of a run
