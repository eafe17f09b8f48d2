"""Many runs without a plan: which exist already, and each in a process of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from acd_plugin.analysis.runs.run_record import RunRecord
from acd_plugin.configuration.number_ranges import ranges, short
from acd_plugin.errors import UserError, program
from acd_plugin.experiments.pool import run_all
from acd_plugin.experiments.processes import Report, Task, Work
from acd_plugin.experiments.progress import identity, runs_with
from acd_plugin.machine import cores
from acd_plugin.running.console import logger
from acd_plugin.running.interruption import interruptible
from acd_plugin.running.memory import free_memory, memory_to_train
from acd_plugin.running.planned import Planned
from acd_plugin.running.recorded_run import RunStopped
from acd_plugin.running.together import Ended
from acd_plugin.tracking.run_folder import RunFolder, check_writable


class FailedError(Exception):
    """What a run's own process has told of its failure."""


def refuse_existing(runs: Sequence[Planned]) -> None:
    """Raise UserError when there are runs with the settings and seeds of these new ones."""
    place = runs[0].spec.settings.local_results_path
    found = runs_with([identity(run.spec.config) for run in runs], Path(place))
    there = {run.seed: record for run, record in zip(runs, found, strict=True) if record}
    can_go_on = {seed: record for seed, record in there.items() if record.can_be_resumed}
    done = {
        seed: record for seed, record in there.items() if record.status in ("COMPLETED", "RUNNING")
    }
    if not done and not can_go_on:
        return  # what has left no checkpoint is begun anew
    told, remedy = [], "choose other seeds, or another folder with local_results_path=FOLDER"
    if done:
        told.append(f"{_named(done)} {'exist' if len(done) > 1 else 'exists'}")
    if can_go_on:
        told.append(f"{_named(can_go_on)} {'were' if len(can_go_on) > 1 else 'was'} stopped")
        command = resume_command([record.folder for record in can_go_on.values()])
        remedy = f"go on with: {command}; or {remedy}"
    raise UserError(f"with these settings {' and '.join(told)}: {remedy}")


def in_processes(runs: Sequence[Planned]) -> list[Ended]:
    """Train runs each in a process of its own, as many at a time as cores and memory allow."""
    spec = runs[0].spec
    if any(run.folder is None for run in runs):
        check_writable(spec.settings.local_results_path)
    free, one = free_memory(spec.settings.device), memory_to_train(spec)
    fitting = free.host / one.host
    if one.device:
        fitting = min(fitting, free.device / one.device)
    workers = max(1, min(len(runs), cores(), int(fitting)))
    logger.info("%d runs, each in a process of its own, %d at a time", len(runs), workers)
    tasks = [_task(run) for run in runs]
    with interruptible():
        worked = run_all([Work(task.name, [task]) for task in tasks], {}, workers)
    told = [(run, worked.reports.get(task.name)) for run, task in zip(runs, tasks, strict=True)]
    return [_ended(run, report) for run, report in told if report and not _was_not_begun(report)]


def resume_command(folders: Sequence[RunFolder]) -> str:
    """Return the command that goes on with these runs."""
    return " ".join([program(), "resume", *run_words(folders)])


def run_words(folders: Sequence[RunFolder]) -> list[str]:
    """Return runs in few words, as `resume` reads them: ``results/3..9``."""
    places: dict[Path, list[int]] = {}
    words = []
    for folder in folders:
        place = folder.place
        if place.name.isdecimal():
            places.setdefault(place.parent, []).append(int(place.name))
        else:
            words.append(str(place))
    return [str(place / word) for place, own in places.items() for word in ranges(own)] + words


def _named(records: dict[int, RunRecord]) -> str:
    runs = ", ".join(run_words([record.folder for record in records.values()]))
    return f"{'seeds' if len(records) > 1 else 'seed'} {short(list(records))} ({runs})"


def _task(run: Planned) -> Task:
    settings = run.spec.settings
    places = {
        "local_results_path": settings.local_results_path,
        "mongo_url": run.records.mongo or settings.mongo_url,
        "plugins": [str(Path(file).resolve()) for file in settings.plugins],
    }
    name = f"{settings.name} on {settings.env_name}, seed {run.seed}"
    return Task(
        name=f"{name} ({run.folder})" if run.folder else name,
        config={**run.spec.config, **places},
        command_line=run.records.command_line,
        evaluation_episodes=None,
        folder=str(run.folder.path) if run.folder else None,
        is_stopped=run.folder is not None,
        changes=dict(run.changes),
        note=run.records.note,
    )


def _was_not_begun(report: Report) -> bool:
    """Whether the user stopped a run before it had a folder."""
    return report.is_stopped and report.folder is None


def _ended(run: Planned, report: Report) -> Ended:
    folder = RunFolder(Path(report.folder)) if report.folder else None
    if report.is_stopped and folder is not None:
        return Ended(run, folder, RunStopped(folder))
    return Ended(run, folder, FailedError(report.problem) if report.problem else None)
