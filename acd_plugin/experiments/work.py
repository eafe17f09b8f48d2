"""Make one run of a plan: train it or go on with it, then evaluate it."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from acd_plugin.analysis.runs.run_record import RunRecord
from acd_plugin.experiments.plan import Job
from acd_plugin.experiments.progress import State, find_runs, state_of

STOPPED = 130  # exit code of a command that the user has interrupted
_PROGRAM = (sys.executable, "-m", "acd_plugin.cli.main")


class Outcome(NamedTuple):
    """How a job ended."""

    job: Job
    problem: str | None  # None: it is done


class Processes:
    """Runs commands of this program in processes of their own, and can stop them all.

    Each has a session of its own, so that Ctrl-C reaches only the plan, which passes it on.
    """

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._is_stopped = False

    def run(self, words: Sequence[str], log: Path) -> int:
        """Run one command to its end; returns its exit code."""
        with log.open("a") as output:
            with self._lock:
                if self._is_stopped:
                    return STOPPED
                process = subprocess.Popen(
                    [*_PROGRAM, *words], stdout=output, stderr=output, start_new_session=True
                )
                self._running.add(process)
            code = process.wait()
            with self._lock:
                self._running.discard(process)
            return code

    def stop(self) -> None:
        """Interrupt all, who then save; nothing is started any more."""
        with self._lock:
            self._is_stopped = True
            for process in self._running:
                process.send_signal(signal.SIGINT)


def do(job: Job, results: Path, run_command: Callable[[Sequence[str], Path], int]) -> Outcome:
    """Do what is left of a job; a failure is told, not raised."""
    log = log_of(job, results)
    log.parent.mkdir(parents=True, exist_ok=True)
    for _ in State:  # each turn brings it at least one state further
        run = find_runs([job], results).get(job)
        state = state_of(job, run)
        if state is State.DONE:
            return Outcome(job, None)
        code = run_command(_words(job, state, run, results), log)
        if code != 0:
            return Outcome(job, f"{_last_line(log)} (exit code {code}; all of it: {log})")
    return Outcome(job, f"is not done, although nothing failed (see {log})")


def log_of(job: Job, results: Path) -> Path:
    """Return the file with everything that the job's processes print."""
    name = "".join(letter if letter.isalnum() else "_" for letter in job.name)
    return results / "logs" / f"{name}.log"


def _words(job: Job, state: State, run: RunRecord | None, results: Path) -> list[str]:
    if run is None or state is State.MISSING:
        return ["train", *job.words, f"local_results_path={str(results)!r}"]
    place = str(run.folder)
    if state is State.STOPPED:
        return ["resume", place]
    return ["evaluate", place, "--episodes", str(job.evaluation_episodes)]


def _last_line(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1][:200] if lines else "printed nothing"
