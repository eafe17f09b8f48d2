"""A warning when a user's compiled code does not return, for nobody else can tell.

While it runs Python hears no signal, so that Ctrl-C does nothing either.
"""

from __future__ import annotations

import logging
import os
import threading
import time
import weakref

_log = logging.getLogger(__name__)
_LOOKS = 4  # at least, until it is told


class Overdue:
    """Warns when what happens inside its ``with`` block lasts long, once for each time."""

    def __init__(self, what: str, seconds: float = 60.0) -> None:
        """``what`` may never return, such as ``attacker 'mine'``."""
        self._what, self._seconds = what, seconds
        self._since: float | None = None
        self._told: float | None = None
        self._watches = False

    def __enter__(self) -> None:
        self._since = time.monotonic()
        if not self._watches:
            self._watches = True
            arguments = (weakref.ref(self), self._seconds / _LOOKS)
            threading.Thread(target=_watch, args=arguments, daemon=True).start()

    def __exit__(self, *_: object) -> None:
        self._since = None

    def look(self) -> None:
        """Warn if it is time to."""
        since = self._since
        if since is None or since == self._told or time.monotonic() - since < self._seconds:
            return
        self._told = since
        _log.warning(
            "%s has not returned for %.0f s: look for a loop without end; until it returns, only "
            "kill -9 %d ends this process",
            self._what,
            self._seconds,
            os.getpid(),
        )


def _watch(reference: weakref.ref[Overdue], seconds: float) -> None:
    while (watched := reference()) is not None:
        watched.look()
        del watched
        time.sleep(seconds)
