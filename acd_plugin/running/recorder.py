"""Everything that a training loop reports goes through here."""

from __future__ import annotations

import logging
import math
import time
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Protocol

from acd_plugin.components.contracts import StateDict
from acd_plugin.errors import DivergedError
from acd_plugin.running.console import Console, logger

_RECENT = 5  # points over which the console averages what training brings, as EPyMARL's does
_FINITE = ("loss", "grad_norm", "return_mean")  # ends of names of what must never be infinite
_SHOWN = ("return_mean", "test_return_mean", "epsilon", "loss", "grad_norm", "messages_sent_mean")


class Metrics(Protocol):
    """Takes numbers, as a Sacred run does, which hands them on to folder and trackers."""

    def log_scalar(self, metric_name: str, value: float, step: int) -> None: ...


class Recorder:
    """The logger that EPyMARL's components expect, and the training loop's `Recorder`.

    Numbers go nowhere until `attach` says where: a run is built before there is a folder for it.
    """

    def __init__(
        self,
        console: Console,
        save: Callable[[StateDict, int], None],
        should_stop: Callable[[], bool],
        name: str = "",  # stands before what is told on a console that several runs share
    ) -> None:
        self._name = name
        self._refused: BaseException | None = None
        self.console_logger: logging.Logger = logger
        self._metrics: Metrics | None = None
        self._console = console
        self._save = save
        self._should_stop = should_stop
        self._recent: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=_RECENT))
        self._latest_step = 0
        self._speed_mark = (time.monotonic(), 0)
        self._warned: set[str] = set()

    def attach(self, metrics: Metrics) -> None:
        """Record from now on."""
        self._metrics = metrics

    def refuse(self, error: BaseException) -> None:
        """Record no more: whoever records the next number or checkpoint gets this error.

        It is asked for as by a user's wish to stop.
        """
        self._refused = error

    def log_stat(self, key: str, value: float, t: int) -> None:
        """Record one number; what is not finite is reported once and left out.

        Raises DivergedError when it is a loss, a gradient or a return.
        """
        if self._refused is not None:
            raise self._refused
        number = float(value)
        if not math.isfinite(number):
            if key.endswith(_FINITE):
                raise DivergedError(
                    f"{key} is {number} at step {t}: training has diverged; lower lr or "
                    "grad_norm_clip, or look at the rewards"
                )
            if key not in self._warned:
                self._warned.add(key)
                told = "%s%s is %s at step %d: not recorded"
                logger.warning(told, self._name, key, number, t)
            return
        self._recent[key].append(number)
        self._latest_step = max(self._latest_step, int(t))
        if self._metrics is not None:
            self._metrics.log_scalar(key, number, int(t))

    def latest(self, key: str) -> float | None:
        """Return the last value of a metric, if it has any."""
        values = self._recent.get(key)
        return values[-1] if values else None

    def print_recent_stats(self) -> None:
        """Print the most telling numbers in one line, and record the speed since the last time."""
        now, (then, step) = time.monotonic(), self._speed_mark
        if step and now > then:
            speed = (self._latest_step - step) / (now - then)
            self.log_stat("steps_per_second", speed, self._latest_step)
        self._speed_mark = (now, self._latest_step)
        shown = [key for key in (*_SHOWN, "steps_per_second") if self._recent.get(key)]
        self._console.say(self._latest_step, {key: self._shown(key) for key in shown})

    def _shown(self, key: str) -> float:
        """Return the last test, or the mean of some recent values, which vary with exploration."""
        recent = self._recent[key]
        return recent[-1] if key.startswith("test_") else sum(recent) / len(recent)

    def advance(self, t_env: int, episodes: int) -> None:
        """Move the progress bar."""
        self._latest_step = max(self._latest_step, t_env)
        self._console.advance(t_env, episodes)

    def save(self, state: StateDict, t_env: int) -> None:
        """Write a checkpoint."""
        if self._refused is not None:
            raise self._refused
        self._save(state, t_env)

    def should_stop(self) -> bool:
        """Return whether the user has asked to stop."""
        return self._refused is not None or self._should_stop()

    def close(self) -> None:
        self._console.close()


class NullRecorder:
    """Records nothing: for playing without training."""

    console_logger: logging.Logger = logger

    def log_stat(self, key: str, value: float, t: int) -> None: ...

    def print_recent_stats(self) -> None: ...

    def advance(self, t_env: int, episodes: int) -> None: ...

    def save(self, state: StateDict, t_env: int) -> None: ...

    def should_stop(self) -> bool:
        return False
