"""``main.py experiment search PLAN``: the best setting of a plan's sweep."""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed, wait
from pathlib import Path
from typing import Any

from acd_plugin.errors import UserError, program
from acd_plugin.experiments.cluster import connected
from acd_plugin.experiments.search import Search, load_search, optuna_here
from acd_plugin.experiments.trial import StoppedError, Tried, try_one
from acd_plugin.running.interruption import interruptible
from acd_plugin.tracking.run_folder import check_writable


def search(options: argparse.Namespace, workers: int) -> int:
    """Try settings until there are as many trials as were asked for, and tell the best."""
    if options.trials < 1:
        raise UserError(f"--trials is {options.trials}: must be at least 1")
    optuna_here()
    folder = Path(options.results or f"results/{Path(options.plan).stem}")
    found = load_search(options.plan, options.budget, folder, options.plugins, options.device)
    check_writable(str(folder), "choose another one with --results=FOLDER")
    study = found.study()
    again = _begin_again(study)
    done = _finished(study)
    left = max(0, options.trials - len(done))
    print(f"{found.file.title}: {len(done)} of {options.trials} trials done in {folder}")
    if again:
        print(f"{again} that were stopped are tried again first; their runs go on")
    stop = threading.Event()
    try:
        with interruptible():
            if options.ray_address is None:
                _follow(found, _on_this_machine(found, left, workers, stop))
            else:
                _follow(found, _on_ray(found, left, options.ray_address))
    except (KeyboardInterrupt, StoppedError):
        print(f"stopped; the same command goes on: {program()} experiment search {options.plan}")
        return 130
    return _tell_best(found)


def _begin_again(study: Any) -> int:
    """Queue the settings of trials that a search before has left undone."""
    state = optuna_here().trial.TrialState
    undone = study.get_trials(deepcopy=False, states=(state.RUNNING,))
    for trial in undone:
        if trial.params:
            study.enqueue_trial(trial.params)
        study.tell(trial.number, state=state.FAIL)
    return len(undone)


def _finished(study: Any) -> list[Any]:
    state = optuna_here().trial.TrialState
    trials: list[Any] = study.get_trials(deepcopy=False, states=(state.COMPLETE, state.PRUNED))
    return trials


def _on_this_machine(
    found: Search, left: int, workers: int, stop: threading.Event
) -> Iterator[Tried]:
    with ThreadPoolExecutor(max(1, min(workers, left))) as pool:
        pending: list[Future[Tried]] = [pool.submit(try_one, found, stop) for _ in range(left)]
        try:
            for future in as_completed(pending):
                yield future.result()
        except BaseException:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _on_ray(found: Search, left: int, address: str) -> Iterator[Tried]:
    with connected(address) as ray:
        begin = ray.remote(num_cpus=1, max_retries=0)(try_one)
        tasks = [begin.remote(found) for _ in range(left)]
        pending: list[Future[Tried]] = [task.future() for task in tasks]
        try:
            for future in as_completed(pending):
                yield future.result()
        except BaseException:
            for task in tasks:
                ray.cancel(task)  # which interrupts what goes on
            wait(pending)
            raise


def _follow(found: Search, trials: Iterator[Tried]) -> None:
    """Print how each trial ended, and let reports know its runs."""
    study, named = found.study(), {}
    for tried in trials:
        print(f"trial {tried.number}: {_told(tried.values)}: {tried.told}", flush=True)
        for trial in _finished(study):
            if trial.number not in named:
                named[trial.number] = found.named(found.values_of(trial))
        found.keep_names(named.values())


def _tell_best(found: Search) -> int:
    state = optuna_here().trial.TrialState
    trials = found.study().get_trials(deepcopy=False, states=(state.COMPLETE,))
    if not trials:
        print("error: no trial came to its end; the logs say why", file=sys.stderr)
        return 1
    best = max(trials, key=lambda trial: trial.value)
    values = found.values_of(best)
    print(f"the best of {len(trials)} whole trials: {_told(values)}: {best.value:.3f}")
    print(f"the best of many looks better than it is; with other seeds: {found.command(values)}")
    return 0


def _told(values: Mapping[str, object]) -> str:
    return ", ".join(f"{key}={value}" for key, value in values.items())
