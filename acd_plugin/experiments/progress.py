"""Which runs of a plan exist already, and how far they are."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable
from enum import Enum
from pathlib import Path

from acd_plugin.analysis.groups import learned_with
from acd_plugin.analysis.run_record import RunRecord, read_records
from acd_plugin.config import Config
from acd_plugin.experiments.plan import Job


class State(Enum):
    """What is left to do for a job."""

    DONE = "done"
    UNEVALUATED = "to be evaluated"
    STOPPED = "to be resumed"
    MISSING = "to be trained"


def find_runs(jobs: Iterable[Job], results: Path) -> dict[Job, RunRecord]:
    """Return the run of every job that has one: the one that came farthest.

    A run belongs to a job when it learned with the same settings, seed and number of steps, by the
    same version of this program, whoever started it.
    """
    records, _ = read_records(results)
    farthest: dict[Hashable, RunRecord] = {}
    for record in sorted(records, key=_progress):
        farthest[_identity(record.config)] = record
    identities = {job: _identity(job.config) for job in jobs}
    return {job: farthest[key] for job, key in identities.items() if key in farthest}


def state_of(job: Job, run: RunRecord | None) -> State:
    """Return what is left to do."""
    if run is None:
        return State.MISSING
    if run.status != "COMPLETED":
        return State.STOPPED if run.can_be_resumed else State.MISSING
    return State.DONE if evaluation_of(run, job.evaluation_episodes) else State.UNEVALUATED


def evaluation_of(run: RunRecord, episodes: int) -> list[float] | None:
    """Return the returns of the last policy in at least that many games of seed 0, if it has any.

    All algorithms are evaluated on the same games: those of seed 0.
    """
    if not run.folder.evaluations.exists():
        return None
    for line in reversed(run.folder.evaluations.read_text().splitlines()):
        try:
            done = json.loads(line)
        except json.JSONDecodeError:
            continue
        whole = not done["overrides"] and done["seed"] == 0 and done["t_env"] == run.last_checkpoint
        if whole and done["episodes"] >= episodes:
            returns: list[float] = done["returns"][:episodes]
            return returns
    return None


def _progress(run: RunRecord) -> tuple[bool, bool, int]:
    return (run.status == "COMPLETED", run.can_be_resumed, run.step or 0)


def _identity(config: Config) -> Hashable:
    return (learned_with(config), config.get("seed"), config.get("t_max"))
