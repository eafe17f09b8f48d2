"""Work through many runs on this machine, several processes at a time."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import NamedTuple

from acd_plugin.experiments.processes import Processes, Report, Work, do
from acd_plugin.running.console import logger

_BETWEEN_LINES = 60.0  # seconds

Reports = dict[str, Report]  # by the names of the tasks


class Worked(NamedTuple):
    """How all ended; after Ctrl-C those that were running have saved, and no others began."""

    reports: Reports
    is_stopped: bool


class Progress:
    """Says how far the work is and how long it will take, as far as that is known.

    ``seconds`` are what each task takes alone, of those of which it was measured.
    """

    def __init__(self, works: Sequence[Work], seconds: Mapping[str, float], workers: int) -> None:
        self._left = {task.name: seconds.get(task.name) for work in works for task in work.tasks}
        self._workers = workers
        self._begun: dict[str, float] = {}
        self._done = 0
        self._failed = 0
        self._elsewhere = 0
        self._total = len(self._left)

    def begin(self, work: Work) -> None:
        """Take note that something is being worked on."""
        self._begun |= {task.name: time.monotonic() for task in work.tasks}

    def tell(self, reports: Reports) -> None:
        """Print how tasks ended."""
        for name, report in reports.items():
            del self._left[name]
            logger.info("%s: %s", name, self._counted(report))
        self.summarise()

    def _counted(self, report: Report) -> str:
        """Count how a task ended, and return it in words."""
        if report.problem is None:
            self._done += 1
            return "done"
        if report.is_elsewhere:
            self._elsewhere += 1
            return f"left to others: {report.problem}"
        self._failed += 1
        return f"FAILED: {report.problem}"

    def summarise(self) -> None:
        """Print the state of the whole."""
        failed = f", {self._failed} failed" if self._failed else ""
        failed += f", {self._elsewhere} left to others" if self._elsewhere else ""
        seconds = self.seconds_left()
        left = "" if seconds is None else f", about {duration(seconds)} left"
        logger.info("%d of %d runs done%s%s", self._done, self._total, failed, left)

    def seconds_left(self) -> float | None:
        """Return what is left of all tasks, shared among the workers; None if it is not known."""
        if not self._left:
            return None
        now, left = time.monotonic(), 0.0
        for name, seconds in self._left.items():
            if seconds is None:
                return None
            left += max(0.0, seconds - (now - self._begun.get(name, now)))
        return left / min(self._workers, len(self._left))


def sharing(works: Sequence[Work]) -> int:
    """Return how many processes there will be on a GPU at a time."""
    return max((work.sharing for work in works if work.is_on_gpu), default=1)


def run_all(works: Sequence[Work], seconds: Mapping[str, float], workers: int) -> Worked:
    """Do all the work, on a GPU as many at a time as share it; after Ctrl-C what goes on saves."""
    processes = Processes()
    progress = Progress(works, seconds, workers)

    def begin(work: Work) -> Reports:
        progress.begin(work)
        return do(work, processes.run)

    with ThreadPoolExecutor(workers) as cores, ThreadPoolExecutor(sharing(works)) as gpu:
        pending = {(gpu if work.is_on_gpu else cores).submit(begin, work): work for work in works}
        try:
            return Worked(collect(pending, progress), False)
        except BaseException as error:
            logger.info("stopping: the runs that go on now save first")
            processes.stop()
            for pool in (cores, gpu):
                pool.shutdown(wait=True, cancel_futures=True)
            if not isinstance(error, KeyboardInterrupt):
                raise
            ended = [future.result() for future in pending if not future.cancelled()]
            return Worked({name: one for told in ended for name, one in told.items()}, True)


def collect(pending: Mapping[Future[Reports], Work], progress: Progress) -> Reports:
    """Wait for all, telling how it goes; what ends in an error stops no other."""
    reports: Reports = {}
    left = set(pending)
    while left:
        done, left = wait(left, timeout=_BETWEEN_LINES, return_when=FIRST_COMPLETED)
        for future in done:
            told = outcome(future, pending[future])
            progress.tell(told)
            reports |= told
        if not done:
            progress.summarise()
    return reports


def outcome(future: Future[Reports], work: Work) -> Reports:
    """Wait for one piece of work and return how its tasks ended, be it that its worker died."""
    try:
        return future.result()
    except Exception as error:
        lines = str(error).strip().splitlines() or ["no reason is known"]
        problem = f"{type(error).__name__}: {lines[0]}"
        return {task.name: Report(problem, task.folder) for task in work.tasks}


def duration(seconds: float) -> str:
    """Return a time in words."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
