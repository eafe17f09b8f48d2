"""Runs that begin in several threads of a process do so one after the other.

First weights are drawn from the interpreter's random generators, of which there is one set, and
Sacred seeds them when it begins to record. Once a run trains, it needs them no more.
"""

from __future__ import annotations

import threading

ONE_AT_A_TIME = threading.RLock()


class Turn:
    """The right to begin, from when it is made until `end`."""

    def __init__(self) -> None:
        ONE_AT_A_TIME.acquire()
        self._lasts = True

    def end(self) -> None:
        """Let others begin; may be called again."""
        if self._lasts:
            self._lasts = False
            ONE_AT_A_TIME.release()
