"""Compiled rules on a GPU: arrays there, and kernels in which every thread plays one game.

numba compiles for the GPU by itself what a kernel calls, a rule that is compiled for the CPU too,
so a rule knows nothing of it. In numba's simulator the same kernels call the rules as they are.
Import this where `gpu.check_gpu` has passed.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from types import FunctionType
from typing import Protocol, TypeVar, cast

import numpy as np
from numba import cuda
from numpy.typing import NDArray

from acd_plugin.envs.compiled.gpu import simulated
from acd_plugin.envs.compiled.integers import wrapping_integers
from acd_plugin.envs.device_games import Array

# Threads of a block: few, so that the blocks of some thousand games reach all processors of a GPU.
BLOCK = 32

ArraysT = TypeVar("ArraysT", bound=tuple[object, ...])
Rule = Callable[[ArraysT, int], None]  # plays one game
_Launch = Callable[[object, int], None]


class _Dispatcher(Protocol):
    """A kernel of numba's, to be configured with (blocks, threads, stream)."""

    def __getitem__(self, configuration: tuple[object, ...]) -> _Launch: ...


def on_device(array: NDArray[np.generic]) -> Array:
    """Return a copy of an array on the device."""
    return cast(Array, array.copy(order="K") if simulated() else cuda.to_device(array))


def all_on_device(arrays: ArraysT) -> ArraysT:
    """Return a named tuple with its arrays on the device and the rest as it is."""
    make = cast(Callable[..., ArraysT], type(arrays))
    return make(*(on_device(each) if isinstance(each, np.ndarray) else each for each in arrays))


class Kernel:
    """Plays all games with one rule, each in a thread of its own.

    Compiled when it is made, once for all games of its kind, and kept on disk in ``folder``. Being
    called only launches it.
    """

    def __init__(
        self, rule: Rule[ArraysT], arrays: ArraysT, games: int, folder: Path, block: int = BLOCK
    ) -> None:
        self._arguments = (arrays, games)
        self._size = (-(-games // block), block)
        self._launches: dict[int, _Launch] = {}
        if simulated():
            self._dispatcher = cast(_Dispatcher, cuda.jit(_kernel_of(_without_warnings(rule))))
        else:
            types = tuple(cuda.jit(_every_game).typeof_pyval(each) for each in self._arguments)
            self._dispatcher = _compile(rule, types, folder)

    def __call__(self, stream: int = 0) -> None:
        """Launch it on the CUDA stream with this handle (0: the default one)."""
        if stream not in self._launches:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # few games fill no GPU, as who has few knows
                on = cuda.external_stream(stream) if stream else 0
                self._launches[stream] = self._dispatcher[(*self._size, on)]
        self._launches[stream](*self._arguments)


def _rule(arrays: object, game: int) -> None:
    """Stand for the rule of a kernel."""


def _every_game(arrays: object, games: int) -> None:
    game = cuda.grid(1)
    if game < games:
        _rule(arrays, game)


def _kernel_of(rule: Rule[ArraysT]) -> FunctionType:
    """Return the kernel with this rule in it, under a name of its own (see `composition`)."""
    pattern = cast(FunctionType, _every_game)
    kernel = FunctionType(pattern.__code__, {**pattern.__globals__, "_rule": rule})
    kernel.__qualname__ = f"{pattern.__qualname__}_{rule.__qualname__}"
    return kernel


def _without_warnings(rule: Rule[ArraysT]) -> Rule[ArraysT]:
    """Let integers overflow in a rule that may be uncompiled, in the simulator's threads."""

    def wrapping(arrays: ArraysT, game: int) -> None:
        with wrapping_integers():
            rule(arrays, game)

    return wrapping


@cache
def _compile(rule: Rule[ArraysT], types: tuple[object, ...], folder: Path) -> _Dispatcher:
    """Compile a kernel for these types alone, so that no launch looks at them again."""
    with _kept_in(folder), _rounding_like_a_cpu():
        return cast(_Dispatcher, cuda.jit(types, cache=True, lto=False)(_kernel_of(rule)))


@contextmanager
def _kept_in(folder: Path) -> Iterator[None]:
    """Let numba-cuda keep machine code in a folder."""
    from numba.cuda.core import config  # noqa: PLC0415 - numba's own simulator has none

    before = config.CACHE_DIR
    config.CACHE_DIR = str(folder)
    try:
        yield
    finally:
        config.CACHE_DIR = before


@contextmanager
def _rounding_like_a_cpu() -> Iterator[None]:
    """Let products and sums be rounded one by one.

    Left alone, the compiler makes one operation of a product that is added to something, and the
    last bit differs from the CPU's. It has an option for that, which numba-cuda does not pass on.
    """
    from numba.cuda.cudadrv import nvvm  # noqa: PLC0415 - the simulator has none

    before = nvvm.compile_ir
    nvvm.compile_ir = partial(before, fma=False)
    try:
        yield
    finally:
        nvvm.compile_ir = before
