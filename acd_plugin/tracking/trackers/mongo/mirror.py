"""Keep MongoDB's copy of a run up to date while it goes on, without ever being in its way."""

from __future__ import annotations

import logging
import threading
import time

from pymongo.errors import PyMongoError

from acd_plugin.errors import UserError, program
from acd_plugin.tracking.run_folder import RunFolder
from acd_plugin.tracking.trackers.mongo.address import MongoAddress
from acd_plugin.tracking.trackers.mongo.copier import RunCopier, RunStore

logger = logging.getLogger("acd_plugin")


class Mirror:
    """A thread that copies a run folder every few seconds and survives whatever the server does.

    It reads what is on disk, so training shares nothing with it but the processor. As a tracker it
    needs to be told nothing but that the run is over.
    """

    def __init__(
        self,
        folder: RunFolder,
        address: MongoAddress,
        interval: float = 5.0,
        grace: float = 10.0,
    ) -> None:
        self._folder = folder
        self._address = address
        self._interval = interval  # seconds between copies
        self._grace = grace  # seconds that the end of a run may wait for the last copy
        self._ending = threading.Event()
        self._gave_up = False
        self._was_told: set[str] = set()
        self._is_down = False
        self._thread = threading.Thread(target=self._work, name="mongo-mirror", daemon=True)

    def start(self) -> Mirror:
        """Begin to copy."""
        self._thread.start()
        return self

    def write(self, name: str, value: float, step: int) -> None:
        """Numbers come from the folder."""

    def close(self) -> None:
        """Copy what the run has left at its end, for a limited time; say so if that fails."""
        self._ending.set()
        self._thread.join(self._grace)
        self._gave_up = True
        if self._thread.is_alive():
            logger.warning(
                "%s does not have all of this run; copy it later with: %s sync %s --mongo=URL",
                self._address,
                program(),
                self._folder.path,
            )

    def _work(self) -> None:
        copier: RunCopier | None = None
        while not self._ending.wait(0.0 if copier is None else self._interval):
            copier = copier or self._connect()
            if copier is None or not self._is_copied(copier):
                self._ending.wait(self._interval)
        # With fresh eyes: what was there before may have been lost since.
        while (last := self._connect()) is None or not self._is_copied(last):
            if self._gave_up:
                return
            time.sleep(self._interval / 10)

    def _connect(self) -> RunCopier | None:
        try:
            return RunCopier(self._folder, RunStore(self._address))
        except (UserError, PyMongoError, OSError) as error:
            self._tell(error)
            return None

    def _is_copied(self, copier: RunCopier) -> bool:
        try:
            copier.copy()
        # A thread that ends in a traceback would end the mirror, and a run must not need one.
        except Exception as error:
            self._tell(error)
            return False
        if self._is_down:
            self._is_down = False
            self._say_once("%s is back: the run is copied again", self._address)
        return True

    def _tell(self, error: Exception) -> None:
        self._is_down = True
        reason = (
            self._address.explain(error) if isinstance(error, PyMongoError) else str(error)
        ) or type(error).__name__
        self._say_once("%s; training goes on, the run is recorded on disk", reason)

    def _say_once(self, message: str, detail: object) -> None:
        text = message % detail
        if text not in self._was_told and not self._gave_up:
            self._was_told.add(text)
            logger.warning(text)
