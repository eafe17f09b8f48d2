"""What is Sacred's: an experiment with one run, recorded whatever happens to it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from sacred import SETTINGS, Experiment
from sacred.observers import RunObserver

import acd_plugin
from acd_plugin.configuration.layers import Config
from acd_plugin.running.console import logger
from acd_plugin.tracking.columns import flat_columns

SETTINGS.CAPTURE_MODE = "sys"  # "fd" loses the end of the output when not on a terminal
SETTINGS.CONFIG.READ_ONLY_CONFIG = False  # configurations are handed on to be extended


class SacredRun(Protocol):
    """What is used of Sacred's object for a run that goes on."""

    def log_scalar(self, metric_name: str, value: float, step: int) -> None: ...

    def add_artifact(self, filename: Path) -> None: ...

    def _emit_heartbeat(self) -> None:
        """Write everything that Sacred still holds back."""
        ...


def record(
    config: Config,
    observers: Sequence[RunObserver],
    work: Callable[[SacredRun], float | None],
    note: str | None,
    command_line: str | None,
) -> None:
    """Do the work; its result, its output and how it ended are recorded.

    Sacred seeds the interpreter's global random generators before it begins.
    """
    source = Path(acd_plugin.__file__).parent
    experiment = Experiment(
        "{algorithm} on {environment}".format(**flat_columns(config)),
        base_dir=str(source),
        save_git_info=_is_under_git(source),
        interactive=True,  # Sacred otherwise refuses to start from a notebook
    )
    experiment.logger = logger  # its own would be named after the experiment
    experiment.observers += observers
    experiment.add_config(config)

    def main(_run: SacredRun) -> float | None:
        try:
            return work(_run)
        except BaseException:
            _run._emit_heartbeat()  # Sacred would lose the output since the last beat
            raise

    experiment.main(main)
    experiment.run(options={"--comment": note}, meta_info={"command_line": command_line})


def _is_under_git(folder: Path) -> bool:
    """Sacred records the commit, but fails where there is none."""
    if shutil.which("git") is None:
        return False
    command = ["git", "-C", str(folder), "rev-parse", "--verify", "HEAD"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
