"""What is left of the runs of a plan, done by processes of their own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from acd_plugin.analysis.runs.run_record import RunRecord
from acd_plugin.configuration.layers import Config
from acd_plugin.experiments.plan import Job
from acd_plugin.experiments.progress import State

_WORKER = (sys.executable, "-m", "acd_plugin.experiments.worker")
_STOPPED = 130  # exit code of what the user has interrupted


class Task(NamedTuple):
    """What is left of one run, in values that JSON can hold."""

    config: Config
    command_line: str  # with which a person can make the run
    evaluation_episodes: int
    folder: str | None  # of the run, if it was trained, for a part at least
    is_stopped: bool


RunTask = Callable[[Task, Path], int]  # does it, printing into a file; returns the exit code


def task_of(job: Job, state: State, run: RunRecord | None, results: Path) -> Task:
    """Return what is left of a job whose run, if it has one, is in this state."""
    settings = job.spec.settings
    places = {
        "local_results_path": str(results),
        "mongo_url": settings.mongo_url,
        "plugins": [str(Path(file).resolve()) for file in settings.plugins],
    }
    return Task(
        config={**job.spec.config, **places},
        command_line=f"{job.command_line} local_results_path={str(results)!r}",
        evaluation_episodes=job.evaluation_episodes,
        folder=str(run.folder.path) if run and state is not State.MISSING else None,
        is_stopped=state is State.STOPPED,
    )


class Processes:
    """Runs tasks, and can stop all that are running.

    Each process has a session of its own, so that Ctrl-C reaches only the plan, which passes it on.
    """

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._is_stopped = False

    def run(self, task: Task, log: Path) -> int:
        """Do one task to its end; returns its exit code."""
        with log.open("a") as output:
            with self._lock:
                if self._is_stopped:
                    return _STOPPED
                process = subprocess.Popen(
                    _WORKER,
                    stdin=subprocess.PIPE,
                    stdout=output,
                    stderr=output,
                    text=True,
                    start_new_session=True,
                )
                self._running.add(process)
            process.communicate(json.dumps(task._asdict()))
            with self._lock:
                self._running.discard(process)
            return process.returncode

    def stop(self) -> None:
        """Interrupt all, who then save; nothing is started any more."""
        with self._lock:
            self._is_stopped = True
            for process in self._running:
                process.send_signal(signal.SIGINT)


def do(name: str, task: Task, run_task: RunTask) -> str | None:
    """Do the task of the job with this name; returns what went wrong, None if nothing did."""
    file = "".join(letter if letter.isalnum() else "_" for letter in name)
    log = Path(task.config["local_results_path"]) / "logs" / f"{file}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    code = run_task(task, log)
    if code == 0:
        return None
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    last = lines[-1][:200] if lines else "printed nothing"
    return f"{last} (exit code {code}; all of it: {log})"
