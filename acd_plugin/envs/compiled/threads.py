"""Many games played by one compiled function, spread over threads."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

import numpy as np

from acd_plugin.machine import cores

MIN_GAMES_PER_THREAD = 512  # with fewer, handing work to a thread costs more than it saves


class GameThreads:
    """Splits games among ``threads`` (None: one per core); no game depends on how many there are.

    Compiled rules release the interpreter lock, so that threads play at the same time.
    """

    def __init__(self, n_games: int, threads: int | None = None) -> None:
        self._ranges = _split(n_games, threads or cores())
        self._pool = ThreadPoolExecutor(len(self._ranges)) if len(self._ranges) > 1 else None

    def run(self, play: Callable[..., None], *arguments: object) -> None:
        """Call ``play(*arguments, first, last)`` for each thread's games first to last - 1."""
        if self._pool is None:
            play(*arguments, *self._ranges[0])
            return
        parts = [self._pool.submit(play, *arguments, *own) for own in self._ranges]
        wait(parts)  # if one fails, the others must not go on while somebody looks at the games
        for part in parts:
            part.result()

    def close(self) -> None:
        """Stop the threads, if there are any; what is played from now on is in the caller's."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None
            self._ranges = [(0, self._ranges[-1][1])]


def _split(n_games: int, threads: int) -> list[tuple[int, int]]:
    """Return (first, last) of each thread's games."""
    parts = max(1, min(threads, n_games // MIN_GAMES_PER_THREAD))
    edges = np.linspace(0, n_games, parts + 1).astype(int).tolist()
    return list(itertools.pairwise(edges))
