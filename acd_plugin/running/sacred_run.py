"""What is Sacred's: an experiment with one run, recorded whatever happens to it."""

from __future__ import annotations

import logging
import queue
import shutil
import subprocess
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from sacred import SETTINGS, Experiment
from sacred.host_info import HostInfoGetter
from sacred.observers import RunObserver

import acd_plugin
from acd_plugin.configuration.layers import Config
from acd_plugin.running.console import logger
from acd_plugin.running.device import describe_device
from acd_plugin.tracking.columns import flat_columns

SETTINGS.CAPTURE_MODE = "sys"  # "fd" loses the end of the output when not on a terminal
SETTINGS.CONFIG.READ_ONLY_CONFIG = False  # configurations are handed on to be extended
SETTINGS.DISCOVER_SOURCES = "none"  # a few files beside the commit, and git is asked for each
SETTINGS.HOST_INFO.INCLUDE_GPU_INFO = False  # asks nvidia-smi, and fails where that is broken


class SacredRun(Protocol):
    """What is used of Sacred's object for a run that goes on."""

    def log_scalar(self, metric_name: str, value: float, step: int) -> None: ...

    def add_artifact(self, filename: Path) -> None: ...

    def _emit_heartbeat(self) -> None:
        """Write everything that Sacred still holds back."""
        ...


class Output:
    """What stands in a run's ``cout.txt`` instead of the console's lines, which many runs share."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[str] = queue.SimpleQueue()

    def write(self, line: str) -> None:
        self._waiting.put(f"{line}\n")

    def __call__(self, captured: str) -> str:
        """Sacred's contract for a filter: return what was captured, here with what is new."""
        new = []
        while not self._waiting.empty():
            new.append(self._waiting.get())
        return captured + "".join(new)


class _Experiment(Experiment):  # type: ignore[misc]  # Sacred has no type hints
    """Its runs write from one thread at a time: the heartbeat's, or one that wants it now."""

    def _create_run(self, *args: object, **options: object) -> SacredRun:
        run: SacredRun = super()._create_run(*args, **options)
        emit, one_at_a_time = run._emit_heartbeat, threading.RLock()

        def emit_alone() -> None:
            with one_at_a_time:
                emit()

        run._emit_heartbeat = emit_alone  # type: ignore[method-assign]
        return run


class _RunLogger(logging.Logger):
    """What Sacred says of a run, less how it ended: whoever started it tells that."""

    def __init__(self, least: int) -> None:
        super().__init__(logger.name)
        self.parent = logger
        self._least = least  # level of what is passed on

    def getChild(self, suffix: str) -> _RunLogger:  # noqa: N802  # logging's name
        del suffix
        return self

    def filter(self, record: logging.LogRecord) -> bool:
        told = str(record.msg).startswith(("Aborted after", "Failed after"))
        return record.levelno >= self._least and not told


def record(
    config: Config,
    observers: Sequence[RunObserver],
    work: Callable[[SacredRun], float | None],
    note: str | None,
    command_line: str | None,
    output: Output | None = None,
) -> None:
    """Do the work; its result, its output and how it ended are recorded.

    A run that shares the console with others is given an ``output``, and nothing of the console is
    captured: the interpreter has only one. Sacred seeds the global random generators before it
    begins.
    """
    source = Path(acd_plugin.__file__).parent
    experiment = _Experiment(
        "{algorithm} on {environment}".format(**flat_columns(config)),
        base_dir=str(source),
        save_git_info=_is_under_git(source),
        interactive=True,  # Sacred otherwise refuses to start from a notebook
        additional_host_info=[HostInfoGetter(lambda: describe_device(config["device"]), "device")],
    )
    experiment.logger = _RunLogger(logging.INFO if output is None else logging.WARNING)
    experiment.captured_out_filter = output
    experiment.observers += observers
    experiment.add_config(config)

    def main(_run: SacredRun) -> float | None:
        try:
            return work(_run)
        except BaseException:
            _run._emit_heartbeat()  # Sacred would lose the output since the last beat
            raise

    experiment.main(main)
    capture = SETTINGS.CAPTURE_MODE if output is None else "no"
    options = {"--comment": note, "--capture": capture}
    experiment.run(options=options, meta_info={"command_line": command_line})


def _is_under_git(folder: Path) -> bool:
    """Sacred records the commit, but fails where there is none."""
    if shutil.which("git") is None:
        return False
    command = ["git", "-C", str(folder), "rev-parse", "--verify", "HEAD"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
