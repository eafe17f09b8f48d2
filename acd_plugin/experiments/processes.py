"""Tasks of a plan in processes of their own."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from acd_plugin.experiments.task import Task

_WORKER = (sys.executable, "-m", "acd_plugin.experiments.worker")
_STOPPED = 130  # exit code of what the user has interrupted

RunTask = Callable[[Task, Path], int]  # does it, printing into a file; returns the exit code


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
            process.communicate(task.to_json())
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
    log = Path(task.results) / "logs" / f"{file}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    code = run_task(task, log)
    return f"{_last_line(log)} (exit code {code}; all of it: {log})" if code else None


def _last_line(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1][:200] if lines else "printed nothing"
