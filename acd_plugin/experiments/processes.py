"""What is left of runs, done by processes of their own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import NamedTuple

from acd_plugin.configuration.layers import Config
from acd_plugin.tracking.ownership import OwnedError, owned
from acd_plugin.tracking.results import CLAIMS, LOGS

WORKER = (sys.executable, "-m", "acd_plugin.experiments.worker")
STOPPED = 130  # exit code of what the user has interrupted


class Task(NamedTuple):
    """What is left of one run, in values that JSON can hold."""

    name: str
    config: Config
    command_line: str | None  # with which a person can make the run
    evaluation_episodes: int | None  # None: it is not evaluated
    evaluate_on: Sequence[Mapping[str, object]] = ()  # changes of its environment
    folder: str | None = None  # of the run, if it was trained, for a part at least
    is_stopped: bool = False
    changes: Mapping[str, object] = {}  # of what a stopped run was started with
    note: str | None = None


class Work(NamedTuple):
    """What one process does: one run, or several that are trained together."""

    name: str
    tasks: Sequence[Task]
    sharing: int = 1  # how many processes have the device at a time

    @property
    def results(self) -> Path:
        return Path(self.tasks[0].config["local_results_path"])

    @property
    def is_on_gpu(self) -> bool:
        return bool(self.tasks[0].config["device"] == "cuda")


class Report(NamedTuple):
    """How a task ended."""

    problem: str | None  # None: it is done
    folder: str | None = None
    is_stopped: bool = False  # by the user
    is_complete: bool = False  # in spite of the problem: it can be evaluated
    is_elsewhere: bool = False  # the problem: another process has it


RunWork = Callable[[Work, Path, Path], int]  # prints into a file, reports into another; exit code


class Processes:
    """Does work, and can stop all that goes on.

    Each process has a session of its own, so that Ctrl-C reaches only the plan, which passes it on.
    """

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._is_stopped = False

    def run(self, work: Work, log: Path, reports: Path) -> int:
        """Do one piece of work to its end; returns its exit code."""
        with log.open("a") as output:
            with self._lock:
                if self._is_stopped:
                    return STOPPED
                process = subprocess.Popen(
                    [*WORKER, str(reports)],
                    stdin=subprocess.PIPE,
                    stdout=output,
                    stderr=output,
                    text=True,
                    start_new_session=True,
                )
                self._running.add(process)
            tasks = [task._asdict() for task in work.tasks]
            try:
                process.communicate(json.dumps({"tasks": tasks, "sharing": work.sharing}))
            except KeyboardInterrupt:  # in the main thread, of which Ray gives each work its own
                process.send_signal(signal.SIGINT)
                process.wait()
            with self._lock:
                self._running.discard(process)
            return process.returncode

    def stop(self) -> None:
        """Interrupt all, who then save; nothing is started any more."""
        with self._lock:
            self._is_stopped = True
            for process in self._running:
                process.send_signal(signal.SIGINT)


def do(work: Work, run_work: RunWork) -> dict[str, Report]:
    """Do the work; returns how each of its tasks ended, by their names.

    The log is added to by whoever does work of this name later; the reports are for this call
    alone, for another command may do the same plan at the same time.
    """
    with tempfile.TemporaryDirectory() as folder, _own_log(work) as log:
        begin = log.stat().st_size if log.exists() else 0
        place = Path(folder) / "reports.json"
        code = run_work(work, log, place)
        told = read_reports(place)
        last = _last_line(log, begin)
    problem = f"{last} ({_end(code)}; all of it: {log})"
    return {task.name: told.get(task.name) or _untold(task, code, problem) for task in work.tasks}


@contextmanager
def _own_log(work: Work) -> Iterator[Path]:
    """Yield the log of work of this name; another one while another process writes into it."""
    name = "".join(letter if letter.isalnum() else "_" for letter in work.name)
    logs, claims = work.results / LOGS, work.results / CLAIMS
    for place in (logs, claims):
        place.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        for number in count(1):
            file = name if number == 1 else f"{name}_{number}"
            try:
                held.enter_context(owned(claims / f"{file}.log", file))
                break
            except OwnedError:
                continue
        yield logs / f"{file}.log"


def write_reports(place: Path, reports: Mapping[str, Report]) -> None:
    """Leave for `do` how the tasks ended."""
    place.parent.mkdir(exist_ok=True)  # some systems clear temporary files away after days
    place.write_text(json.dumps({name: report._asdict() for name, report in reports.items()}))


def read_reports(place: Path) -> dict[str, Report]:
    """Return what a process has left; nothing if it was killed."""
    try:
        return {name: Report(**told) for name, told in json.loads(place.read_text()).items()}
    except (OSError, ValueError):
        return {}


def _end(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    why = ", as when memory runs out" if -code == signal.SIGKILL else ""
    return f"killed by signal {-code}{why}"


def _last_line(log: Path, begin: int) -> str:
    """Return what was printed last, behind the first bytes, which are of earlier commands."""
    if not log.exists():
        return "printed nothing"
    with log.open("rb") as file:
        file.seek(begin)
        text = file.read().decode(errors="replace")
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "printed nothing"


def _untold(task: Task, code: int, problem: str) -> Report:
    """What is known of a task of which its process has told nothing."""
    return Report(None if code == 0 else problem, task.folder, code == STOPPED)
