"""The compiled game as a `BatchEnv`."""

from __future__ import annotations

import itertools
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.cyborg.game import step as game_step
from acd_plugin.envs.cyborg.game_batch import GameBatch
from acd_plugin.envs.cyborg.settings import EnvSettings

_MIN_GAMES_PER_THREAD = 512  # with fewer, handing work to a thread costs more than it saves


class NativeBatchEnv(GameBatch):
    """Games played by the compiled rules alone.

    ``threads`` (None: one per core) changes how fast they are played, never what happens in them.
    """

    def __init__(
        self, settings: EnvSettings, n_games: int, seed: int, threads: int | None = None
    ) -> None:
        super().__init__(settings, n_games, seed)
        self._ranges = _split(n_games, threads or (os.cpu_count() or 1))
        self._threads = ThreadPoolExecutor(len(self._ranges)) if len(self._ranges) > 1 else None

    def _play(self, actions: NDArray[np.int64]) -> None:
        arguments = (self.state, self.rules, self.totals, actions)
        if self._threads is None:
            game_step.step_games(*arguments, 0, self.n_games)
            return
        parts = [self._threads.submit(game_step.step_games, *arguments, *r) for r in self._ranges]
        for part in parts:
            part.result()

    def close(self) -> None:
        """Stop the threads, if there are any."""
        if self._threads is not None:
            self._threads.shutdown()


def _split(n_games: int, threads: int) -> list[tuple[int, int]]:
    """Return (first, last) of each thread's games."""
    parts = max(1, min(threads, n_games // _MIN_GAMES_PER_THREAD))
    edges = np.linspace(0, n_games, parts + 1).astype(int).tolist()
    return list(itertools.pairwise(edges))
