"""Which runs of a plan exist already, and how far they are."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from enum import Enum
from pathlib import Path

from acd_plugin.analysis.report.text_table import printable
from acd_plugin.analysis.runs.groups import learned_with
from acd_plugin.analysis.runs.run_record import RunRecord, read_records
from acd_plugin.configuration.layers import Config
from acd_plugin.configuration.migration import migrate
from acd_plugin.experiments.pairs import Job
from acd_plugin.running.console import logger
from acd_plugin.running.variants import find_played
from acd_plugin.tracking.evaluations import find_evaluation, read_evaluations
from acd_plugin.tracking.ownership import is_owned

# What a run learned with, its seed, and its budget of steps and of games.
Identity = tuple[frozenset[tuple[str, Hashable]], int | None, int | None, int | None]


class State(Enum):
    """What is left to do for a job."""

    DONE = "done"
    UNEVALUATED = "to be evaluated"
    STOPPED = "to be resumed"
    MISSING = "to be trained"
    ELSEWHERE = "in the hands of other processes"


def find_runs(jobs: Iterable[Job], results: Path) -> dict[Job, RunRecord]:
    """Return the run of every job that has one: the one that came farthest.

    A run belongs to a job when it learned with the same settings, seed and budget, whoever started
    it, and wherever it is kept.
    """
    jobs = list(jobs)
    found = runs_with(_identities(jobs), results)
    return {job: run for job, run in zip(jobs, found, strict=True) if run is not None}


def runs_with(identities: Iterable[Identity], results: Path) -> list[RunRecord | None]:
    """Return for each `identity` of a configuration its run; see `find_runs`.

    Runs that cannot be read are named in the log.
    """
    records, problems = read_records(results)
    for problem in problems:
        logger.warning("%s", printable(f"left out: {problem}"))
    farthest: dict[Identity, RunRecord] = {}
    for record in sorted(records, key=_progress):
        farthest[_identity(record.config)] = record
    return [farthest.get(wanted) for wanted in identities]


def state_of(job: Job, run: RunRecord | None) -> State:
    """Return what is left to do."""
    if run is None:
        return State.MISSING
    if run.status == "COMPLETED" and not unplayed(run, job):
        return State.DONE
    if run.status == "RUNNING" or is_owned(run.folder.owner):
        return State.ELSEWHERE
    if run.status == "COMPLETED":
        return State.UNEVALUATED
    return State.STOPPED if run.can_be_resumed else State.MISSING


def unplayed(run: RunRecord, job: Job) -> int:
    """Return how many evaluations are left: on the games that all share, and in variants."""
    known, last = read_evaluations(run.folder), run.last_checkpoint
    episodes = job.evaluation_episodes
    common = find_evaluation(known, last)
    played = [find_played(known, last, variant, episodes) for variant in job.variants]
    return (common is None or common.episodes < episodes) + played.count(None)


def _progress(run: RunRecord) -> tuple[bool, bool, bool, int]:
    is_going_on = run.status == "RUNNING"
    return (run.status == "COMPLETED", is_going_on, run.can_be_resumed, run.step or 0)


def identity(config: Config) -> Identity:
    """Return what is equal for two configurations of one run: what it learns with, and its end."""
    return _identity(migrate(config))


def _identity(config: Config) -> Identity:
    return (learned_with(config), config.get("seed"), *_budget(config))


def _identities(jobs: Iterable[Job]) -> list[Identity]:
    """Return `identity` of a plan's jobs; of those that differ by their seed it is found once."""
    firsts: dict[tuple[str, str], Identity] = {}
    found: list[Identity] = []
    for job in jobs:
        pair = (job.algorithm, job.environment)
        if pair not in firsts:
            firsts[pair] = identity(job.spec.config)
        learned, _, steps, games = firsts[pair]
        found.append((learned, job.seed, steps, games))
    return found


def _budget(config: Config) -> tuple[int | None, int | None]:
    """Return the steps and the games after which a run ends.

    Runs that were started by hand, and those of 0.1.0, may have a limit of steps alone. It means as
    many games as fit, each played to its limit; had games ended before, there were more.
    """
    steps, games, limit = (config.get(key) for key in ("t_max", "episodes_max", "episode_limit"))
    if games is None and steps and limit:
        games = steps // limit
    return steps, games
