"""What a person sees while a run goes on: log lines, recent numbers and a progress bar."""

from __future__ import annotations

import contextlib
import logging
import sys
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import NoReturn, Protocol

from tqdm import tqdm

logger = logging.getLogger("acd_plugin")


class _ConsoleHandler(logging.Handler):
    """Prints above the progress bar, to whatever standard error is at the time.

    Training is worth more than its console, which may be a terminal that was closed.
    """

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(OSError, ValueError):
            tqdm.write(self.format(record), file=sys.stderr)


def set_up_logging() -> None:
    """Show the plugin's log lines on the console."""
    handler = _ConsoleHandler()
    handler.setFormatter(logging.Formatter("[%(levelname)s %(asctime)s] %(message)s", "%H:%M:%S"))
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False


class Console(Protocol):
    """What shows one run."""

    def advance(self, t_env: int, episodes: int) -> None:
        """Show that training has reached ``t_env`` environment steps."""
        ...

    def say(self, step: int, numbers: Mapping[str, float]) -> None:
        """Show the most telling numbers at a step."""
        ...

    def close(self) -> None: ...


def line_of(step: int, numbers: Mapping[str, float]) -> str:
    """Return numbers as the console shows them."""
    told = ", ".join(f"{key} {value:.3f}" for key, value in numbers.items())
    return f"step {step:,}: {told}"


def progress_bar(t_max: int, t_env: int) -> tqdm[NoReturn]:
    """Return a bar over environment steps with steps per second and the time left.

    It is drawn on the real standard error, so that it does not fill the captured output; where
    that is not a terminal there is no bar.
    """
    return tqdm(
        total=t_max,
        initial=t_env,
        unit=" steps",
        unit_scale=True,
        file=sys.__stderr__,
        disable=None,
        dynamic_ncols=True,
    )


class TimeLeft:
    """Says, once, how long training will take and how it is stopped: soon after its start."""

    _MEASURED = 10.0  # seconds, after which the speed is known well enough
    _SHORT = 60.0  # seconds; of less nothing need be said

    def __init__(self, t_max: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._t_max = t_max
        self._clock = clock
        self._began: tuple[float, int] | None = None
        self._told = False

    def note(self, t_env: int) -> None:
        """Take note that training has reached ``t_env`` environment steps."""
        now = self._clock()
        if self._began is None:  # what came before includes the start
            self._began = now, t_env
        begin, first = self._began
        if self._told or now - begin < self._MEASURED or t_env <= first:
            return
        self._told = True
        left = (self._t_max - t_env) * (now - begin) / (t_env - first)
        if left > self._SHORT:
            duration = timedelta(seconds=round(left))
            logger.info("about %s to go at this speed; Ctrl-C saves and stops", duration)


class Progress:
    """The console of a run that has it for itself: a bar with epochs per second, and lines."""

    def __init__(self, t_max: int, t_env: int, batch_size: int) -> None:
        self._batch_size = batch_size
        self._began, self._first_episode = time.monotonic(), -1
        self._bar = progress_bar(t_max, t_env)
        self._left = TimeLeft(t_max)

    def advance(self, t_env: int, episodes: int) -> None:
        """Show that training has reached ``t_env`` environment steps."""
        self._left.note(t_env)
        if self._first_episode < 0:  # the first epoch includes the start: do not count it
            self._began, self._first_episode = time.monotonic(), episodes
        played = (episodes - self._first_episode) / self._batch_size
        seconds = time.monotonic() - self._began
        if played and seconds:
            self._bar.set_postfix_str(f"{played / seconds:.2f} epochs/s", refresh=False)
        self._bar.update(t_env - self._bar.n)

    def say(self, step: int, numbers: Mapping[str, float]) -> None:
        """Show the most telling numbers at a step."""
        logger.info(line_of(step, numbers))

    def close(self) -> None:
        self._bar.close()
