"""``main.py experiment run PLAN``: many runs by one plan."""

from __future__ import annotations

import argparse
import signal
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from acd_plugin.analysis.report.text_table import text_table
from acd_plugin.errors import UserError, program
from acd_plugin.experiments.cluster import run_on_ray
from acd_plugin.experiments.estimate import estimate
from acd_plugin.experiments.plan import Job, Plan, load_plan, only
from acd_plugin.experiments.pool import available_cores, duration, run_all
from acd_plugin.experiments.processes import task_of
from acd_plugin.experiments.progress import State, find_runs, state_of
from acd_plugin.running.console import logger, set_up_logging
from acd_plugin.tracking.archive import is_archive
from acd_plugin.tracking.run_folder import check_writable


def run(options: argparse.Namespace) -> int:
    """Do what is not done yet of a plan."""
    set_up_logging()
    workers = _workers(options.workers)
    plan = load_plan(options.plan, options.budget, options.plugins)
    if options.only:
        plan = only(plan, options.only)
    folder = Path(options.results or f"results/{plan.name}")
    if is_archive(folder):
        raise UserError(
            f"--results={folder} is an archive: give a folder (archives in it count as done)"
        )
    check_writable(str(folder))
    runs = find_runs(plan.jobs, folder)
    states = {job: state_of(job, runs.get(job)) for job in plan.jobs}
    _show(plan, states, folder)
    left = [job for job, state in states.items() if state is not State.DONE]
    if not left:
        print(f"nothing to do; look at it with: {program()} report {folder}")
        return 0
    seconds = estimate({job: runs.get(job) for job in left})
    expected = duration(sum(seconds.values()) / min(workers, len(left)))
    print(f"about {expected} with {workers} worker{'s' if workers > 1 else ''}, measured just now")
    if options.dry_run:
        return 0
    place = folder.resolve() if options.ray_address else folder
    tasks = {job: task_of(job, states[job], runs.get(job), place) for job in left}
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell may have started us deaf to Ctrl-C
        signal.signal(number, _interrupt)
    try:
        if options.ray_address is None:
            problems = run_all(tasks, seconds, workers)
        else:
            problems = run_on_ray(tasks, seconds, options.ray_address)
    except KeyboardInterrupt:
        print(f"stopped; the same command goes on: {program()} experiment run {options.plan}")
        return 130
    failed = {job.name: problem for job, problem in problems.items() if problem}
    for name, problem in failed.items():
        print(f"error: {name}: {problem}", file=sys.stderr)
    print(f"{len(problems) - len(failed)} done, {len(failed)} failed: {folder}")
    return 1 if failed else 0


def _workers(wanted: int | None) -> int:
    """Return how many runs are done at a time: no more than there are cores."""
    cores = available_cores()
    if wanted is None:
        return cores
    if wanted < 1:
        raise UserError(f"--workers is {wanted}: must be at least 1")
    if wanted > cores:
        logger.info(
            "--workers=%d: more than the %d cores here only hinders; %d at a time",
            wanted,
            cores,
            cores,
        )
    return min(wanted, cores)


def _show(plan: Plan, states: Mapping[Job, State], folder: Path) -> None:
    """Print what is planned and how much of it is done."""
    done = Counter(
        (job.algorithm, job.environment, state is State.DONE) for job, state in states.items()
    )
    columns = list(dict.fromkeys(job.environment for job in plan.jobs))
    table = [["runs done", *columns]]
    for row in dict.fromkeys(job.algorithm for job in plan.jobs):
        finished = [done[row, column, True] for column in columns]
        planned = [
            done[row, column, False] + count
            for column, count in zip(columns, finished, strict=True)
        ]
        cells = [f"{count} of {whole}" for count, whole in zip(finished, planned, strict=True)]
        table.append([row, *cells])
    print(f"{plan.title}\n{text_table(table)}")
    counts = Counter(states.values())
    print(f"{len(states)} runs in {folder}: " + ", ".join(f"{counts[s]} {s.value}" for s in State))


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Let the running runs save, and stop."""
    del number, frame
    raise KeyboardInterrupt
