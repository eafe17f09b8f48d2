"""The same compiled rules with some of them replaced.

A game's rules call each other by name. To put a user's function in the place of one of them, the
rules that lead to it are compiled again from the same Python code, with that name standing for
another function. (Passing the function as an argument would do the same, but numba cannot keep
code on disk that depends on another function in that way.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import FunctionType
from typing import TypeVar, cast

from acd_plugin.envs.compiled.compilation import cache_folder, compile_into
from acd_plugin.envs.compiled.content import Rule, Sources, files_of, plain, sources_of

_HERE = Path(__file__).resolve()
_COMPILERS = ("compilation", "kernels")
FunctionT = TypeVar("FunctionT", bound=Callable[..., object])


class Recompiler:
    """Compiles rules again, into a folder named after all that they are made from."""

    def __init__(self, rules: Iterable[Rule], plugged: Mapping[str, Rule]) -> None:
        """``rules`` are compiled again with ``plugged`` in them, each in a place of that name."""
        sources = sources_of([*rules, *plugged.values()])
        compiler = files_of(_HERE, *(_HERE.with_name(f"{name}.py") for name in _COMPILERS))
        # Functions of one file have the same sources: which of them is where?
        places = [f"{place}={_identity(function)}" for place, function in plugged.items()]
        # numba's code knows by name the modules that it comes from, which follows from their path.
        paths = [str(path) for path in sources.files]
        self.folder = cache_folder(
            Sources([*sources.files, *compiler.files], [*sources.constants, *places, *paths])
        )
        self._copies = 0

    def __call__(self, rule: FunctionT, **replaced: object) -> FunctionT:
        """Return ``rule`` compiled with the global names ``replaced`` meaning something else."""
        original = plain(rule)
        meanings = {**original.__globals__, **replaced}
        copy = FunctionType(original.__code__, meanings, original.__name__, original.__defaults__)
        # numba tells functions apart by this name, in memory and on disk.
        self._copies += 1
        copy.__qualname__ = f"{original.__qualname__}_{self.folder.name[-8:]}_{self._copies}"
        return compile_into(cast(FunctionT, copy), self.folder)


def _identity(function: Rule) -> str:
    found = plain(function)
    place = f"{found.__module__}.{found.__qualname__}:{found.__code__.co_firstlineno}"
    return f"{place}:{sources_of([found]).exact()}"
