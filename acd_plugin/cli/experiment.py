"""``main.py experiment run PLAN``: many runs by one plan."""

from __future__ import annotations

import signal
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from acd_plugin.analysis.report.text_table import text_table
from acd_plugin.errors import UserError
from acd_plugin.experiments.estimate import estimate
from acd_plugin.experiments.plan import Job, Plan, load_plan, only
from acd_plugin.experiments.pool import duration, run_all
from acd_plugin.experiments.progress import State, find_runs, state_of
from acd_plugin.tracking.console import program, set_up_logging
from acd_plugin.tracking.run_folder import check_writable


def run_experiment(
    path: str,
    budget: str,
    patterns: Sequence[str],
    results: str | None,
    workers: int,
    ray_address: str | None,
    dry: bool,
) -> int:
    """Do what is not done yet of a plan; returns the exit code."""
    if workers < 1:
        raise UserError(f"--workers is {workers}: must be at least 1")
    set_up_logging()
    plan = load_plan(path, budget)
    if patterns:
        plan = only(plan, patterns)
    folder = Path(results or f"results/{plan.name}")
    check_writable(str(folder))
    left = _show(plan, folder)
    if not left:
        print(f"nothing to do; look at it with: {program()} report {folder}")
        return 0
    seconds = estimate(left)
    expected = duration(sum(seconds.values()) / min(workers, len(left)))
    print(f"about {expected} with {workers} worker{'s' if workers > 1 else ''}, measured just now")
    if dry:
        return 0
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell may have started us deaf to Ctrl-C
        signal.signal(number, _interrupt)
    try:
        if ray_address is not None:
            from acd_plugin.experiments.cluster import run_on_ray  # noqa: PLC0415

            outcomes = run_on_ray(seconds, folder, ray_address)
        else:
            outcomes = run_all(seconds, folder, workers)
    except KeyboardInterrupt:
        print(f"stopped; the same command goes on: {program()} experiment run {path}")
        return 130
    failed = [outcome for outcome in outcomes if outcome.problem]
    for outcome in failed:
        print(f"error: {outcome.job.name}: {outcome.problem}", file=sys.stderr)
    print(f"{len(outcomes) - len(failed)} done, {len(failed)} failed: {folder}")
    return 1 if failed else 0


def _show(plan: Plan, folder: Path) -> list[Job]:
    """Print what is planned and how much of it is done; returns what is left."""
    runs = find_runs(plan.jobs, folder)
    states = {job: state_of(job, runs.get(job)) for job in plan.jobs}
    cells: Counter[tuple[str, str, bool]] = Counter(
        (job.algorithm, job.environment, state is State.DONE) for job, state in states.items()
    )
    rows = list(dict.fromkeys(job.algorithm for job in plan.jobs))
    columns = list(dict.fromkeys(job.environment for job in plan.jobs))
    table = [["runs done", *columns]]
    for row in rows:
        done = {column: cells[row, column, True] for column in columns}
        whole = {column: done[column] + cells[row, column, False] for column in columns}
        table.append([row, *(f"{done[column]} of {whole[column]}" for column in columns)])
    print(f"{plan.title}\n{text_table(table)}")
    counts = Counter(states.values())
    print(f"{len(states)} runs in {folder}: " + ", ".join(f"{counts[s]} {s.value}" for s in State))
    return [job for job, state in states.items() if state is not State.DONE]


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Let the running runs save, and stop."""
    del number, frame
    raise KeyboardInterrupt
