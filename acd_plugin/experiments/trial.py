"""One trial of a search: a setting is trained, watched, and stopped where it does poorly."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any, NamedTuple

import numpy as np

from acd_plugin.analysis.curves.learning_curve import read_curve
from acd_plugin.analysis.report.scores import score_of
from acd_plugin.errors import UserError
from acd_plugin.experiments.pairs import Job
from acd_plugin.experiments.processes import Processes, Report, do
from acd_plugin.experiments.progress import State, find_runs, state_of
from acd_plugin.experiments.search import Search, optuna_here
from acd_plugin.experiments.tasks import works_of

_LOOK_EVERY = 5.0  # seconds between looks at the test curve


class Tried(NamedTuple):
    """How a trial ended."""

    number: int
    values: dict[str, object]
    told: str  # in words
    is_failed: bool = False


class StoppedError(Exception):
    """The user has stopped the search; the trial's runs have saved."""


def try_one(
    search: Search,
    is_stopped: threading.Event | None = None,
    processes: Callable[[], Processes] = Processes,
) -> Tried:
    """Ask the study for a setting, train it with all seeds and tell the study the mean score.

    Raises StoppedError when the user stops it; the study then knows the trial as one that goes on.
    """
    optuna = optuna_here()
    study = search.study()
    trial = study.ask()
    values = search.suggest(trial)
    stop = is_stopped or threading.Event()
    scores = []
    for number, job in enumerate(search.jobs(values)):
        report = _Training(search, job, trial, number, processes()).done(stop)
        if report is None:
            study.tell(trial, state=optuna.trial.TrialState.PRUNED)
            return Tried(trial.number, values, "stopped early: behind the median of the others")
        if report.is_stopped or stop.is_set():
            raise StoppedError
        run = find_runs([job], search.results).get(job)
        if report.problem or run is None:
            study.tell(trial, state=optuna.trial.TrialState.FAIL)
            return Tried(trial.number, values, f"FAILED: {report.problem}", is_failed=True)
        scores.append(score_of(run).mean)
    study.tell(trial, float(np.mean(scores)))
    return Tried(trial.number, values, f"{np.mean(scores):.3f}")


class _Training:
    """What is left of one run of a trial, in a process that can be stopped."""

    def __init__(
        self, search: Search, job: Job, trial: Any, number: int, processes: Processes
    ) -> None:
        self._search = search
        self._job = job
        self._trial = trial
        self._first_step = number * job.spec.settings.t_max  # tests of later seeds follow
        self._processes = processes
        self._told = -1
        self._is_asked_to_stop = False

    def done(self, is_stopped: threading.Event) -> Report | None:
        """Train and evaluate the run, as far as it is not yet; None if it is not worth it."""
        job, results = self._job, self._search.results
        run = find_runs([job], results).get(job)
        state = state_of(job, run)
        if state is State.DONE:
            self._tell_tests()
            return Report(None)
        if state is State.ELSEWHERE:
            return Report("its run is in the hands of another process")
        (work,) = works_of({job: state}, {job: run} if run else {}, results)
        is_poor = False
        with ThreadPoolExecutor(1) as thread:
            working = thread.submit(do, work, self._processes.run)
            try:
                while not wait([working], timeout=_LOOK_EVERY).done:
                    self._tell_tests()
                    is_poor = is_poor or bool(self._trial.should_prune())
                    if is_poor or is_stopped.is_set():
                        self._stop()
            except BaseException:  # an interruption by Ray, say
                self._stop()
                raise
        self._tell_tests()  # with which others are compared
        return None if is_poor else next(iter(working.result().values()))

    def _stop(self) -> None:
        """Let the run save and end; asked a second time it would end without saving."""
        if not self._is_asked_to_stop:
            self._is_asked_to_stop = True
            self._processes.stop()

    def _tell_tests(self) -> None:
        """Tell the study the tests that are new."""
        run = find_runs([self._job], self._search.results).get(self._job)
        try:
            curve = read_curve(run) if run else None
        except UserError:  # it has not been tested yet
            return
        for step, value in zip(*curve, strict=True) if curve else ():
            if step > self._told:
                self._told = int(step)
                self._trial.report(float(value), self._first_step + int(step))
