"""Work through a plan on this machine, several runs at a time."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from acd_plugin.experiments.plan import Job
from acd_plugin.experiments.processes import Processes, Task, do
from acd_plugin.running.console import logger

_BETWEEN_LINES = 60.0  # seconds


def available_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Progress:
    """Says how far a plan is and how long it will take; ``seconds`` are what each job takes."""

    def __init__(self, seconds: Mapping[Job, float], workers: int) -> None:
        self._seconds = dict(seconds)
        self._workers = workers
        self._begun: dict[Job, float] = {}
        self._done = 0
        self._failed = 0
        self._total = len(seconds)

    def begin(self, job: Job) -> None:
        """Take note that a job is being worked on."""
        self._begun[job] = time.monotonic()

    def tell(self, job: Job, problem: str | None) -> None:
        """Print how a job ended."""
        del self._seconds[job]
        self._done += problem is None
        self._failed += problem is not None
        logger.info("%s: %s", job.name, "done" if problem is None else f"FAILED: {problem}")
        self.summarise()

    def summarise(self) -> None:
        """Print the state of the whole plan."""
        failed = f", {self._failed} failed" if self._failed else ""
        left = duration(self.seconds_left())
        logger.info("%d of %d runs done%s, about %s left", self._done, self._total, failed, left)

    def seconds_left(self) -> float:
        """Return what is left of all jobs, shared among the workers."""
        now = time.monotonic()
        left = sum(
            max(0.0, seconds - (now - self._begun.get(job, now)))
            for job, seconds in self._seconds.items()
        )
        return left / min(self._workers, max(1, len(self._seconds)))


def run_all(
    tasks: Mapping[Job, Task], seconds: Mapping[Job, float], workers: int
) -> dict[Job, str | None]:
    """Do all jobs and return what went wrong with each, None if nothing did.

    After Ctrl-C the running ones save, and KeyboardInterrupt is raised.
    """
    processes = Processes()
    progress = Progress(seconds, workers)

    def work(job: Job) -> str | None:
        progress.begin(job)
        return do(job.name, tasks[job], processes.run)

    with ThreadPoolExecutor(workers) as pool:
        pending = {pool.submit(work, job): job for job in tasks}
        try:
            return collect(pending, progress)
        except BaseException:
            logger.info("stopping: the runs that go on now save first")
            processes.stop()
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def collect(jobs: Mapping[Future[str | None], Job], progress: Progress) -> dict[Job, str | None]:
    """Wait for all, telling how it goes; see `run_all`."""
    problems: dict[Job, str | None] = {}
    pending = set(jobs)
    while pending:
        done, pending = wait(pending, timeout=_BETWEEN_LINES, return_when=FIRST_COMPLETED)
        for future in done:
            problems[jobs[future]] = future.result()
            progress.tell(jobs[future], future.result())
        if not done:
            progress.summarise()
    return problems


def duration(seconds: float) -> str:
    """Return a time in words."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
