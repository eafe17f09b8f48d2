"""The trackers of one run: fed with what Sacred records, and never in training's way."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from sacred.observers import RunObserver

from acd_plugin.errors import UserError, find, program
from acd_plugin.tracking.run_folder import RunFolder
from acd_plugin.tracking.trackers import FROM_FOLDERS, TRACKERS, Tracker

logger = logging.getLogger("acd_plugin")

Number = tuple[str, float, int]  # name, value, step
_GRACE = 15.0  # seconds that the end of a run may wait for a tracker


class Trackers(RunObserver):  # type: ignore[misc]  # Sacred has no type hints
    """Hands on what a run records, whichever host's loop it trains in."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Raises UserError when there is no tracker of a name."""
        names = list(config.get("trackers") or ())
        if config["use_tensorboard"] and config["host"] == "builtin":  # others have their own
            names.append("tensorboard")
        self._factories = {name: find(TRACKERS, "tracker", name) for name in names}
        self._config = config
        self._attached: list[_Attached] = []

    def open(self, folder: RunFolder) -> None:
        """Make the trackers that the configuration names, for the run in this folder."""
        for name, factory in self._factories.items():
            try:
                self.attach(name, factory(folder.path, self._config))
            except UserError:
                raise  # the user can mend it, and has not waited yet
            except Exception as error:
                _tell(name, error)

    def attach(self, name: str, tracker: Tracker) -> None:
        self._attached.append(_Attached(name, tracker))

    def log_metrics(self, metrics_by_name: Mapping[str, Any], info: object) -> None:
        """Sacred's contract: called every few seconds with what is new."""
        del info
        numbers = [
            (name, float(value), int(step))
            for name, points in metrics_by_name.items()
            for value, step in zip(points["values"], points["steps"], strict=True)
        ]
        for attached in self._attached:
            attached.write(numbers)

    def close(self) -> None:
        """End all; those that are slow get a limited time."""
        for attached in self._attached:
            attached.finish()
        for attached in self._attached:
            attached.wait()


class _Attached:
    """One tracker in a thread of its own. What it raises is told once, and then it is left out."""

    def __init__(self, name: str, tracker: Tracker) -> None:
        self._name = name
        self._tracker = tracker
        self._waiting: queue.SimpleQueue[Sequence[Number] | None] = queue.SimpleQueue()
        self._has_failed = False
        self._thread = threading.Thread(target=self._work, name=f"tracker {name}", daemon=True)
        self._thread.start()

    def write(self, numbers: Sequence[Number]) -> None:
        if not self._has_failed:
            self._waiting.put(numbers)

    def finish(self) -> None:
        self._waiting.put(None)

    def wait(self) -> None:
        self._thread.join(_GRACE)
        if self._thread.is_alive():
            message = "tracker %s: does not end; what it still holds is lost%s"
            logger.warning(message, self._name, _remedy(self._name))

    def _work(self) -> None:
        try:
            while (numbers := self._waiting.get()) is not None:
                for name, value, step in numbers:
                    self._tracker.write(name, value, step)
            self._tracker.close()
        except Exception as error:
            self._has_failed = True
            _tell(self._name, error)


def _tell(name: str, error: Exception) -> None:
    what = f"{type(error).__name__}: {error}"
    logger.warning("tracker %s: %s; training goes on without it%s", name, what, _remedy(name))


def _remedy(name: str) -> str:
    """Say how a tracker gets what it was not told, if it can be told afterwards."""
    if name not in FROM_FOLDERS:
        return ""
    return f" (tell it afterwards: {program()} sync --tracker={name})"
