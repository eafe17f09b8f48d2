"""Ctrl-C and its like end a run at the next safe point, not in the middle of an update."""

from __future__ import annotations

import signal
from contextlib import ExitStack
from types import FrameType, TracebackType

from acd_plugin.running.console import logger
from acd_plugin.running.interruption import stops_heard_by


class StopSignal:
    """While active, the first signal asks for a stop and a second one interrupts at once."""

    def __init__(self) -> None:
        self._requested = False
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
        return self._requested

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del frame
        if self._requested:
            raise KeyboardInterrupt
        self._requested = True
        logger.info(
            "%s: saving after this epoch, then stopping (again: stop at once, nothing saved)",
            signal.Signals(number).name,
        )
