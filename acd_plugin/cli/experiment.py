"""``main.py experiment run PLAN``: many runs by one plan; ``search``: in `cli.search`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from acd_plugin.analysis.report.enumeration import counted
from acd_plugin.analysis.report.text_table import text_table
from acd_plugin.analysis.runs.plan_names import PlanName, Swept, write_plan_names
from acd_plugin.analysis.runs.run_record import RunRecord
from acd_plugin.errors import UserError, program
from acd_plugin.experiments.cluster import run_on_ray
from acd_plugin.experiments.pairs import Job
from acd_plugin.experiments.plan import Plan, load_plan, only
from acd_plugin.experiments.pool import Reports, Worked, duration, run_all, sharing
from acd_plugin.experiments.processes import Work
from acd_plugin.experiments.progress import State, find_runs, state_of, unplayed
from acd_plugin.experiments.tasks import is_on_gpu, works_of
from acd_plugin.machine import cores
from acd_plugin.running.console import logger, set_up_logging
from acd_plugin.running.device import check_device, is_shared_by_processes
from acd_plugin.running.interruption import interruptible
from acd_plugin.tracking.archive import is_archive
from acd_plugin.tracking.ownership import is_owned, owner_in_words
from acd_plugin.tracking.run_folder import check_writable

_TRAINED = (State.DONE, State.UNEVALUATED)
_MANY_PAIRS = 4  # of algorithm and environment: from then on it takes long to measure them


def run(options: argparse.Namespace) -> int:
    """Do what is not done yet of a plan, or search its best setting."""
    set_up_logging()
    workers = _workers(options.workers)
    if options.action == "search":
        from acd_plugin.cli.search import search  # noqa: PLC0415 - slow to load

        return search(options, workers)
    plan = load_plan(options.plan, options.budget, options.plugins, options.device)
    whole = plan
    if options.only:
        plan = only(plan, options.only)
    folder = Path(options.results or f"results/{plan.name}")
    if is_archive(folder):
        raise UserError(
            f"--results={folder} is an archive: give a folder (archives in it count as done)"
        )
    check_writable(str(folder), "choose another one with --results=FOLDER")
    named = (
        (PlanName(job.algorithm, job.environment), Swept(*job.base, job.swept), job.spec.config)
        for job in whole.jobs
    )
    write_plan_names(folder, plan.name, plan.title, named)
    runs = find_runs(plan.jobs, folder)
    states = {job: state_of(job, runs.get(job)) for job in plan.jobs}
    _show(plan, states, folder)
    _show_evaluations(states, runs)
    elsewhere = [runs[job] for job, state in states.items() if state is State.ELSEWHERE]
    _tell_owners(elsewhere)
    left = [job for job, state in states.items() if state not in (State.DONE, State.ELSEWHERE)]
    if not left:
        here = " here" if elsewhere else ""
        print(f"nothing to do{here}; look at it with: {program()} report {folder}")
        return 1 if elsewhere else 0
    if not options.ray_address:  # else it is the cluster's machines that matter
        for device in {job.spec.settings.device for job in left}:
            check_device(device)
    place = folder.resolve() if options.ray_address else folder
    works = works_of(states, runs, place, options.workers or 1)
    _show_groups(works)
    processes = sharing(works)
    if processes > 1 and not (options.ray_address or is_shared_by_processes()):
        print(
            f"{processes} processes take turns on the GPU; for work side by side start NVIDIA's "
            "MPS before: nvidia-cuda-mps-control -d"
        )
    seconds = _estimate({job: runs.get(job) for job in left}, workers, options.dry_run)
    if options.dry_run:
        return 0
    try:
        with interruptible():
            if options.ray_address is None:
                worked = run_all(works, seconds, workers)
            else:
                worked = run_on_ray(works, seconds, options.ray_address)
    except KeyboardInterrupt:
        worked = Worked({}, True)
    if worked.is_stopped:
        print(f"stopped; the same command goes on: {program()} experiment run {options.plan}")
        return 130
    others = [job for job, state in states.items() if state is State.ELSEWHERE]
    others += [
        job for job in left if job.name in worked.reports and worked.reports[job.name].is_elsewhere
    ]
    return _tell_end(worked.reports, others, folder)


def _tell_end(reports: Reports, others: Sequence[Job], folder: Path) -> int:
    """Say how runs ended, also those that other processes had; returns the exit code."""
    failed = {
        name: told.problem
        for name, told in reports.items()
        if told.problem and not told.is_elsewhere
    }
    for name, problem in failed.items():
        print(f"error: {name}: {problem}", file=sys.stderr)
    runs = find_runs(others, folder) if others else {}
    waiting = [job for job in others if state_of(job, runs.get(job)) is not State.DONE]
    for job in waiting:
        run = runs.get(job)
        told = reports[job.name].problem if job.name in reports else None
        print(f"left to others: {job.name}: {_owner(run) if run else told}", file=sys.stderr)
    done = sum(told.problem is None for told in reports.values()) + len(others) - len(waiting)
    left = f", {len(waiting)} left to others" if waiting else ""
    print(f"{done} done, {len(failed)} failed{left}: {folder}")
    return 1 if failed or waiting else 0


def _tell_owners(elsewhere: Sequence[RunRecord]) -> None:
    for run in elsewhere:
        print(f"left to others: {run.name}: {_owner(run)}", file=sys.stderr)


def _owner(run: RunRecord) -> str:
    was = "is" if is_owned(run.folder.owner) else "was last"
    return f"{run.folder} {was} in use by {owner_in_words(run.folder.owner)}"


def _show_groups(works: Sequence[Work]) -> None:
    groups = [work for work in works if len(work.tasks) > 1]
    if groups:
        runs = sum(len(work.tasks) for work in groups)
        told = counted(len(groups), "group")
        print(f"{runs} of them in {told}, whose seeds are trained together")


def _estimate(left: Mapping[Job, RunRecord | None], workers: int, is_dry: bool) -> dict[str, float]:
    """Say how long it takes, as far as that can be measured in a moment.

    On a GPU a moment is long beside the whole: there it is measured only when that is all. Of many
    pairs the moments together are long, and it is told what takes so long.
    """
    from acd_plugin.experiments.estimate import estimate  # noqa: PLC0415 - slow to load

    measured = {job: run for job, run in left.items() if is_dry or not is_on_gpu(job)}
    pairs = len({job.base for job in measured})
    if pairs > _MANY_PAIRS:
        told = f"measuring how long {pairs} pairs of algorithm and environment take"
        print(told, flush=True)
    seconds = estimate(measured)
    if len(seconds) == len(left):
        at_once = 1 if all(map(is_on_gpu, left)) else min(workers, len(left))
        expected = duration(sum(seconds.values()) / at_once)
        print(f"about {expected} with {counted(at_once, 'worker')}, measured just now")
    return seconds


def _workers(wanted: int | None) -> int:
    """Return how many runs are done at a time: no more than there are cores."""
    most = cores()
    if wanted is None:
        return most
    if wanted < 1:
        raise UserError(f"--workers is {wanted}: must be at least 1")
    if wanted > most:
        logger.info(
            "--workers=%d: more than the %d cores here only hinders; %d at a time",
            wanted,
            most,
            most,
        )
    return min(wanted, most)


def _show(plan: Plan, states: Mapping[Job, State], folder: Path) -> None:
    """Print what is planned and how much of it is done; of a sweep the number of settings."""
    done = Counter((*job.base, state is State.DONE) for job, state in states.items())
    settings: dict[str, dict[str, None]] = {}
    for job in plan.jobs:
        for base, name in zip(job.base, (job.algorithm, job.environment), strict=True):
            settings.setdefault(base, {})[name] = None
    columns = list(dict.fromkeys(job.base[1] for job in plan.jobs))
    table = [["runs done", *(_counted(column, settings) for column in columns)]]
    for row in dict.fromkeys(job.base[0] for job in plan.jobs):
        finished = [done[row, column, True] for column in columns]
        planned = [
            done[row, column, False] + count
            for column, count in zip(columns, finished, strict=True)
        ]
        cells = [f"{count} of {whole}" for count, whole in zip(finished, planned, strict=True)]
        table.append([_counted(row, settings), *cells])
    print(f"{plan.title}\n{text_table(table)}")
    counts = Counter(states.values())
    told = [s for s in State if counts[s] or s is not State.ELSEWHERE]
    print(f"{len(states)} runs in {folder}: " + ", ".join(f"{counts[s]} {s.value}" for s in told))


def _show_evaluations(states: Mapping[Job, State], runs: Mapping[Job, RunRecord]) -> None:
    """Print how often finished runs are played in variants of their environments."""
    variants = sorted({len(job.variants) for job in states})
    if not variants[-1]:
        return
    total = sum(1 + len(job.variants) for job in states)
    left = sum(
        unplayed(runs[job], job) if state in _TRAINED else 1 + len(job.variants)
        for job, state in states.items()
    )
    many = " to ".join(str(number) for number in dict.fromkeys((variants[0], variants[-1])))
    variant = "variant" if many == "1" else "variants"
    print(
        f"a finished run is played in its own game and on {many} {variant} of it: "
        f"{total - left} of {total} evaluations done"
    )


def _counted(base: str, settings: Mapping[str, Mapping[str, None]]) -> str:
    count = len(settings[base])
    return base if count == 1 else f"{base} ({count} settings)"
