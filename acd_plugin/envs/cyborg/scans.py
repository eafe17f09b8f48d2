"""Which hosts an attacker has scanned: on CybORG it exploits no others."""

from __future__ import annotations

import numpy as np

from acd_plugin.envs.cyborg.game.types import GameState, Red, Result


class Scans:
    """The hosts that were scanned since the games began."""

    def __init__(self, state: GameState) -> None:
        """``state`` is at the beginning, and is looked at after every step."""
        self._state = state
        self._scanned = np.zeros_like(state.discovered)  # (G, H)

    def are_missing(self) -> bool:
        """Count those of the last step; whether an exploit in it was of a host without one."""
        kind, target = self._state.red_kind, self._state.red_target
        exploits = np.flatnonzero(kind == Red.EXPLOIT)
        missing = not self._scanned[exploits, target[exploits]].all()
        succeeded = (kind == Red.SCAN) & (self._state.red_result == Result.SUCCESS)
        games = np.flatnonzero(succeeded)
        self._scanned[games, target[games]] = True
        return missing
