"""A process that does what is left of runs: ``python -m acd_plugin.experiments.worker REPORTS``.

It reads the tasks from its standard input. What it prints goes into a log; how each task ended it
writes into the file REPORTS. Exit codes are those of the command line.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

from acd_plugin.analysis.curves.run_picture import draw_run
from acd_plugin.errors import UserError
from acd_plugin.experiments.claims import claim_of
from acd_plugin.experiments.processes import STOPPED, Report, Task, write_reports
from acd_plugin.running.console import logger, set_up_logging
from acd_plugin.running.evaluation import Games, evaluate_on
from acd_plugin.running.interruption import ctrl_c_not_lost
from acd_plugin.running.many import one_by_one, train_many, was_stopped
from acd_plugin.running.planned import Planned, continued
from acd_plugin.running.recorded_run import NotWrittenError, Records
from acd_plugin.running.run_spec import resolve
from acd_plugin.running.stored_run import open_run
from acd_plugin.running.to_play import variants_of
from acd_plugin.tracking.ownership import OwnedError, owned
from acd_plugin.tracking.run_folder import RunFolder

_FAILURES = (Exception, KeyboardInterrupt)


def work(tasks: Sequence[Task], sharing: int = 1) -> dict[str, Report]:
    """Train runs or go on with them, together where that is possible, and evaluate them.

    ``sharing`` is how many processes have the device at a time.
    The games are those that all policies share. What goes wrong with one does not stop the others.
    """
    reports: dict[str, Report] = {}
    planned: dict[str, Planned] = {}
    for task in tasks:
        if task.folder is None or task.is_stopped:
            try:
                planned[task.name] = _planned(task)
            except _FAILURES as error:
                reports[task.name] = _failed(error, task.folder)
    folders = {task.name: task.folder for task in tasks}
    if planned:
        reports |= _trained(planned, folders, sharing)
    is_stopped = any(report.is_stopped for report in reports.values())
    for task in tasks:
        folder = folders[task.name]
        told = reports.get(task.name)
        if folder is None or is_stopped or (told and not told.is_complete):
            continue
        try:
            _evaluate(task, folder)
        except _FAILURES as error:
            reports[task.name] = _failed(error, folder)
        else:
            reports[task.name] = told or Report(None, folder)
    return reports


def _planned(task: Task) -> Planned:
    mongo = os.environ.get("ACD_MONGO_URL") or task.config["mongo_url"]
    records = Records(task.note, task.command_line, mongo, draw_run)
    if task.folder is None:
        spec = resolve(task.config)
        return Planned(spec, records, claim=claim_of(spec.config))
    results, plugins = task.config["local_results_path"], task.config["plugins"]
    return continued(task.folder, results, records, task.changes, plugins)


def _trained(
    planned: Mapping[str, Planned], folders: dict[str, str | None], sharing: int
) -> dict[str, Report]:
    """Train all; returns how those ended that are not complete, and notes where all are."""
    runs = list(planned.values())
    try:
        ended = train_many(runs, one_by_one, sharing)
    except _FAILURES as error:  # nothing was begun
        return {name: _failed(error, folders[name]) for name in planned}
    reports = {}
    for name, run in planned.items():
        outcome = next((one for one in ended if one.run is run), None)
        if outcome is None:  # the user has stopped the others
            reports[name] = Report("was not begun", folders[name], is_stopped=True)
            continue
        folders[name] = str(outcome.folder.path) if outcome.folder else folders[name]
        if outcome.error is not None:
            reports[name] = _failed(outcome.error, folders[name], was_stopped([outcome]))
    return reports


def _evaluate(task: Task, folder: str) -> None:
    """Play what is not stored yet: by another process, meanwhile, or before a kill."""
    if task.evaluation_episodes is None:
        return
    owner = RunFolder(Path(folder)).owner
    with owned(owner, folder):
        run = open_run(folder, task.config["local_results_path"])
        device, plugins = task.config["device"], task.config["plugins"]
        games = Games(task.evaluation_episodes, device=device)
        variants = variants_of(run, [{}, *task.evaluate_on], device, plugins)
        for variant, found in evaluate_on(run, variants, games):
            logger.info("%s: %s: return %.3f", task.name, variant.name, found.return_mean)


def _failed(error: BaseException, folder: str | None, is_stopped: bool | None = None) -> Report:
    """Print what went wrong, and return it in a line."""
    stopped = isinstance(error, KeyboardInterrupt) if is_stopped is None else is_stopped
    if stopped:
        told = str(error) or "stopped at once"
    elif isinstance(error, UserError | NotWrittenError):
        told = str(error)
        print(f"error: {told}", file=sys.stderr)
    else:
        traceback.print_exception(error)
        told = f"{type(error).__name__}: {error}"
    is_complete = isinstance(error, NotWrittenError) and error.is_complete
    return Report(told, folder, stopped, is_complete, isinstance(error, OwnedError))


def main(reports_file: str) -> int:
    """Do the tasks that stand on the standard input; returns the exit code."""
    sys.argv[0] = "main.py"  # which a person would call, for messages that say what to type
    set_up_logging()
    try:
        told = json.load(sys.stdin)
        with ctrl_c_not_lost():
            reports = work([Task(**task) for task in told["tasks"]], told["sharing"])
    except KeyboardInterrupt:
        print("stopped at once", file=sys.stderr)
        return STOPPED
    write_reports(Path(reports_file), reports)
    if any(report.is_stopped for report in reports.values()):
        return STOPPED
    return 1 if any(report.problem for report in reports.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
