"""Work through a plan on this machine, several runs at a time."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path

from acd_plugin.experiments.plan import Job
from acd_plugin.experiments.progress import find_runs
from acd_plugin.experiments.time_slice import take_long_turns
from acd_plugin.experiments.work import Outcome, Processes, do
from acd_plugin.tracking.console import logger

_BETWEEN_LINES = 60.0  # seconds


class Progress:
    """Says how far a plan is and how long it will take; ``seconds`` are what each job takes."""

    def __init__(self, seconds: Mapping[Job, float], workers: int, results: Path) -> None:
        self._seconds = dict(seconds)
        self._workers = workers
        self._results = results
        self._done = 0
        self._failed = 0
        self._total = len(seconds)

    def tell(self, outcome: Outcome) -> None:
        """Print how a job ended."""
        del self._seconds[outcome.job]
        self._done += outcome.problem is None
        self._failed += outcome.problem is not None
        text = "done" if outcome.problem is None else f"FAILED: {outcome.problem}"
        logger.info("%s: %s", outcome.job.name, text)
        self.summarise()

    def summarise(self) -> None:
        """Print the state of the whole plan."""
        failed = f", {self._failed} failed" if self._failed else ""
        left = duration(self.seconds_left())
        logger.info("%d of %d runs done%s, about %s left", self._done, self._total, failed, left)

    def seconds_left(self) -> float:
        """Return what is left of all jobs, shared among the workers."""
        runs = find_runs(self._seconds, self._results)
        left = 0.0
        for job, seconds in self._seconds.items():
            steps = (runs[job].step or 0) if job in runs else 0
            left += seconds * max(0.0, 1.0 - steps / job.config["t_max"])
        return left / min(self._workers, max(1, len(self._seconds)))


def run_all(seconds: Mapping[Job, float], results: Path, workers: int) -> list[Outcome]:
    """Do all jobs; after Ctrl-C the running ones save, and KeyboardInterrupt is raised."""
    if workers > (os.cpu_count() or 1):
        take_long_turns()
    processes = Processes()
    progress = Progress(seconds, workers, results)

    def work(job: Job) -> Outcome:
        return do(job, results, processes.run)

    with ThreadPoolExecutor(workers) as pool:
        pending = {pool.submit(work, job) for job in seconds}
        try:
            return collect(pending, progress)
        except BaseException:
            logger.info("stopping: the runs that go on now save first")
            processes.stop()
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def collect(pending: set[Future[Outcome]], progress: Progress) -> list[Outcome]:
    """Wait for all, telling how it goes."""
    outcomes: list[Outcome] = []
    while pending:
        done, pending = wait(pending, timeout=_BETWEEN_LINES, return_when=FIRST_COMPLETED)
        for future in done:
            outcomes.append(future.result())
            progress.tell(outcomes[-1])
        if not done:
            progress.summarise()
    return outcomes


def duration(seconds: float) -> str:
    """Return a time in words."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
