"""Ctrl-C and its like end a run at the next safe point, not in the middle of an update."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType
from typing import Any

from acd_plugin.running.console import logger
from acd_plugin.running.interruption import stop_signals


class StopSignal:
    """While active, the first signal asks for a stop and a second one interrupts at once."""

    def __init__(self) -> None:
        self._requested = False
        self._previous: dict[int, Any] = {}

    def __enter__(self) -> StopSignal:
        for number in stop_signals():
            self._previous[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

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
