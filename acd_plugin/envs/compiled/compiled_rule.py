"""A rule that is compiled for other rules, and for Python when Python calls it.

numba gives each function a second one, by which Python calls it. That one unpacks some fifty
arrays and takes as long to compile as the rule itself. Most rules are only called by other rules.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from types import FunctionType
from typing import Protocol, cast

import numba
from numba.core import config
from numba.core.registry import CPUDispatcher

# Every rule receives the whole state. Without two of these options numba counts references to each
# of its arrays at every call, which costs 100 times the rule itself: ``_nrt`` (the rules allocate
# nothing, so there is nothing to count) and ``forceinline``.
_OPTIONS = {"nogil": True, "forceinline": True, "_nrt": False}


class CompiledRule(CPUDispatcher):  # type: ignore[misc]  # numba's hints are not read
    """What numba takes for one of its compiled functions."""

    def __init__(
        self,
        py_func: FunctionType,
        locals: object = None,
        targetoptions: dict[str, bool] | None = None,
    ) -> None:
        options = {"nopython": True, "no_cpython_wrapper": True, **_OPTIONS}
        super().__init__(py_func, locals, targetoptions or options)
        self._folder: Path | None = None

    def keep_in(self, folder: Path) -> None:
        """Keep the machine code in a folder, and use what is there."""
        self._folder = folder
        _keep_in(self, folder)

    def __call__(self, *arguments: object) -> object:
        return self._from_python(*arguments)

    @property
    def versions(self) -> int:
        """For how many kinds of arguments it is compiled to be called from Python."""
        return len(self._from_python.signatures)

    @cached_property
    def _from_python(self) -> _Dispatcher:
        rule = cast(_Dispatcher, numba.njit(**_OPTIONS)(self.py_func))
        if self._folder:
            _keep_in(rule, self._folder / "from_python")
        return rule


class _Dispatcher(Protocol):
    """numba's compiled functions."""

    signatures: list[object]

    def __call__(self, *arguments: object) -> object: ...

    def enable_caching(self) -> None: ...


def _keep_in(rule: _Dispatcher, folder: Path) -> None:
    before = config.CACHE_DIR
    config.CACHE_DIR = str(folder)
    try:
        rule.enable_caching()
    finally:
        config.CACHE_DIR = before
