"""The compiled game as a `BatchEnv`."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.compiled.overdue import Overdue
from acd_plugin.envs.compiled.threads import GameThreads
from acd_plugin.envs.cyborg.definition import GameDefinition
from acd_plugin.envs.cyborg.game_batch import GameBatch
from acd_plugin.envs.cyborg.plugged_errors import users_functions


class NativeBatchEnv(GameBatch):
    """Games played by the compiled rules alone.

    ``threads`` (None: one per core) changes how fast they are played, never what happens in them.
    """

    def __init__(
        self, definition: GameDefinition, n_games: int, seed: int, threads: int | None = None
    ) -> None:
        super().__init__(definition, n_games, seed)
        self._threads = GameThreads(n_games, threads)
        users = users_functions(definition)
        self._overdue = Overdue(users) if users else nullcontext()

    def _play(self, actions: NDArray[np.int64]) -> None:
        step_games = self.program.step_games
        with self._overdue:
            self._threads.run(step_games, self.state, self.rules, self.totals, actions)

    def close(self) -> None:
        self._threads.close()
