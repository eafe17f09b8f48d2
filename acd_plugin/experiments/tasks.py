"""What is left of a plan, in pieces for processes: one run, or seeds that go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from acd_plugin.analysis.runs.run_record import RunRecord
from acd_plugin.configuration.number_ranges import short
from acd_plugin.experiments.pairs import Job
from acd_plugin.experiments.processes import Task, Work
from acd_plugin.experiments.progress import State

_ON_THE_MACHINE = ("device", "seeds_at_once")


def works_of(
    states: Mapping[Job, State], runs: Mapping[Job, RunRecord], results: Path, sharing: int = 1
) -> list[Work]:
    """Return what is left of jobs whose runs, if they have one, are in these states.

    On a GPU the seeds of one setting are one piece of work, of which ``sharing`` are done at a
    time, if there are so many.
    """
    pairs: dict[tuple[str, str], list[Job]] = {}
    for job, state in states.items():
        if state not in (State.DONE, State.ELSEWHERE):
            pairs.setdefault((job.algorithm, job.environment), []).append(job)
    pieces = [
        jobs[place : place + size]
        for jobs in pairs.values()
        for size in [_seeds_of_a_process(jobs)]
        for place in range(0, len(jobs), size)
    ]
    sharing = min(sharing, sum(is_on_gpu(jobs[0]) for jobs in pieces))
    places = {job: place for place, job in enumerate(states)}
    pieces.sort(key=lambda jobs: places[jobs[0]])
    return [
        Work(
            _name(jobs),
            [task_of(job, states[job], runs.get(job), results) for job in jobs],
            sharing if is_on_gpu(jobs[0]) else 1,
        )
        for jobs in pieces
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
        evaluate_on=[dict(variant.changes) for variant in job.variants],
        folder=str(run.folder.path) if run and state is not State.MISSING else None,
        is_stopped=state is State.STOPPED,
        changes={key: job.spec.config[key] for key in _ON_THE_MACHINE},
    )


def is_on_gpu(job: Job) -> bool:
    return job.spec.settings.device == "cuda"


def _seeds_of_a_process(jobs: Sequence[Job]) -> int:
    """On a GPU all, of which the process trains as many together as fit."""
    at_once = jobs[0].spec.settings.seeds_at_once
    if is_on_gpu(jobs[0]):
        return len(jobs)
    return 1 if at_once == "auto" else at_once


def _name(jobs: Sequence[Job]) -> str:
    first = jobs[0]
    if len(jobs) == 1:
        return first.name
    seeds = short([job.seed for job in jobs])
    return f"{first.algorithm} on {first.environment}, seeds {seeds}"
