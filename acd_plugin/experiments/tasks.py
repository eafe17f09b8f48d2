"""What is left of a plan, in pieces for processes: one run, or on a GPU a setting's seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from acd_plugin.analysis.runs.run_record import RunRecord
from acd_plugin.configuration.number_ranges import short
from acd_plugin.experiments.plan import Job
from acd_plugin.experiments.processes import Task, Work
from acd_plugin.experiments.progress import State

_ON_THE_MACHINE = ("device", "seeds_at_once")


def works_of(
    states: Mapping[Job, State], runs: Mapping[Job, RunRecord], results: Path, sharing: int = 1
) -> list[Work]:
    """Return what is left of jobs whose runs, if they have one, are in these states.

    On a GPU the seeds of one setting are one piece of work, of which ``sharing`` are done at a
    time.
    """
    pieces: dict[tuple[object, ...], list[Job]] = {}
    for job, state in states.items():
        if state is not State.DONE:
            pieces.setdefault(_piece(job), []).append(job)
    return [
        Work(
            _name(jobs),
            [task_of(job, states[job], runs.get(job), results) for job in jobs],
            sharing if is_on_gpu(jobs[0]) else 1,
        )
        for jobs in pieces.values()
    ]


def task_of(job: Job, state: State, run: RunRecord | None, results: Path) -> Task:
    """Return what is left of a job whose run, if it has one, is in this state."""
    settings = job.spec.settings
    places = {
        "local_results_path": str(results),
        "mongo_url": settings.mongo_url,
        "plugins": [str(Path(file).resolve()) for file in settings.plugins],
    }
    return Task(
        name=job.name,
        config={**job.spec.config, **places},
        command_line=f"{job.command_line} local_results_path={str(results)!r}",
        evaluation_episodes=job.evaluation_episodes,
        folder=str(run.folder.path) if run and state is not State.MISSING else None,
        is_stopped=state is State.STOPPED,
        changes={key: job.spec.config[key] for key in _ON_THE_MACHINE},
    )


def is_on_gpu(job: Job) -> bool:
    return job.spec.settings.device == "cuda"


def _piece(job: Job) -> tuple[object, ...]:
    """What is equal for jobs that one process does."""
    pair = (job.algorithm, job.environment)
    return pair if is_on_gpu(job) else (*pair, job.seed)


def _name(jobs: Sequence[Job]) -> str:
    first = jobs[0]
    if len(jobs) == 1:
        return first.name
    seeds = short([job.seed for job in jobs])
    return f"{first.algorithm} on {first.environment}, seeds {seeds}"
