"""Ctrl-C and its like end a run at the next safe point, not in the middle of an update."""

from __future__ import annotations

import signal
from contextlib import ExitStack
from types import FrameType, TracebackType

from acd_plugin.running.console import logger
from acd_plugin.running.interruption import interrupt, stops_heard_by


class StopSignal:
    """While active, the first signal asks for a stop and a second one interrupts at once.

    So does the first before anybody has asked for it, which is after every epoch: nothing would be
    saved that is not stored already, and the first epoch may have the whole game to compile.
    """

    def __init__(self) -> None:
        self._requested = False
        self._was_asked = False
        self._heard = ExitStack()

    def __enter__(self) -> StopSignal:
        self._heard.enter_context(stops_heard_by(self._on_signal))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._heard.close()

    def requested(self) -> bool:
        """Return whether a stop was asked for."""
        self._was_asked = True
        return self._requested

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        name = signal.Signals(number).name
        is_again, self._requested = self._requested, True
        if not is_again and self._was_asked:
            logger.info(
                "%s: saving after this epoch, then stopping (again: stop at once, nothing saved)",
                name,
            )
            return
        if not is_again:
            logger.info("%s: no epoch is over yet, nothing to save: stopping at once", name)
        interrupt(number, frame)
