"""What is left of one run of a plan, in words that another process or machine can read."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import NamedTuple

from acd_plugin.analysis.runs.run_record import RunRecord
from acd_plugin.configuration.layers import Config
from acd_plugin.errors import program
from acd_plugin.experiments.plan import Job
from acd_plugin.experiments.progress import State


class Task(NamedTuple):
    """A run that is to be trained, resumed or evaluated; values that JSON can hold."""

    todo: str  # name of a `State`
    config: Config
    command_line: str
    folder: str | None  # of the run, if there is one
    results: str
    evaluation_episodes: int
    mongo: str | None
    program: str  # how the user calls this program

    def to_json(self) -> str:
        return json.dumps(self._asdict())


def task_of(job: Job, state: State, run: RunRecord | None, results: Path) -> Task:
    """Return what is left of a job whose run, if it has one, is in this state."""
    config = {
        **job.spec.config,
        "local_results_path": str(results),
        "plugins": [str(Path(file).resolve()) for file in job.spec.settings.plugins],
    }
    return Task(
        todo=state.name,
        config=config,
        command_line=f"{job.command_line} local_results_path={str(results)!r}",
        folder=str(run.folder.path) if run and state is not State.MISSING else None,
        results=str(results),
        evaluation_episodes=job.evaluation_episodes,
        mongo=os.environ.get("ACD_MONGO_URL") or job.spec.settings.mongo_url,
        program=program(),
    )
