"""``main.py sync [RUN ...] [--mongo URL | --tracker NAME]``: copy recorded runs elsewhere."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from pymongo.errors import OperationFailure, PyMongoError
from tqdm import tqdm

from acd_plugin.analysis.report.text_table import printable
from acd_plugin.cli.words import several_runs
from acd_plugin.errors import UserError, find, with_remedy
from acd_plugin.tracking.metric_file import iterate_metrics
from acd_plugin.tracking.recorded_config import read_config
from acd_plugin.tracking.results import find_run, run_folders
from acd_plugin.tracking.run_folder import RunFolder
from acd_plugin.tracking.trackers import FROM_FOLDERS, TrackerFactory
from acd_plugin.tracking.trackers.mongo.address import parse_address
from acd_plugin.tracking.trackers.mongo.copier import Change, RunCopier, RunStore


def run(options: argparse.Namespace) -> int:
    """Copy these runs, by default all of the folder."""
    names = several_runs(options.runs)
    results: str = options.results
    trackers = {name: find(FROM_FOLDERS, "tracker", name) for name in options.tracker}
    if not options.mongo and not trackers:
        raise UserError(
            "sync needs a database or a tracker: give --mongo=URL (or set ACD_MONGO_URL), or "
            f"--tracker=NAME ({', '.join(FROM_FOLDERS)})"
        )
    address = parse_address(options.mongo) if options.mongo and not trackers else None
    folders = [find_run(name, results) for name in names] if names else run_folders(Path(results))
    if not folders:
        raise UserError(f"no runs in '{results}': name their folder with --results=FOLDER")
    if address is None:
        problems = [told for name, one in trackers.items() for told in _tell(folders, name, one)]
        return _complain(problems)
    try:
        store = RunStore(address)
        store.check()
        changes, problems = _copy_all(folders, store)
        store.close()
    except PyMongoError as error:
        raise UserError(f"{address.explain(error)}; what was copied so far stays there") from None
    print(f"{address}: " + ", ".join(f"{changes[change]} {change.value}" for change in Change))
    return _complain(problems)


def _complain(problems: list[str]) -> int:
    for problem in problems:
        print(printable(f"error: {problem}"), file=sys.stderr)
    return 2 if problems else 0


def _tell(folders: list[RunFolder], name: str, factory: TrackerFactory) -> list[str]:
    """Tell a tracker all numbers of the runs; returns what is wrong with some.

    Raises UserError for what is wrong with the tracker itself.
    """
    problems = []
    for folder in tqdm(folders, unit=" runs", disable=None):
        try:
            with with_remedy(folder.remedy):
                config = read_config(folder)
        except UserError as error:
            problems.append(str(error))
            continue
        tracker = factory(folder.path, config)
        try:
            for point in iterate_metrics(folder):
                tracker.write(point["name"], float(point["value"]), int(point["step"]))
            tracker.close()
        except Exception as error:
            raise UserError(f"{name}: {folder}: {type(error).__name__}: {error}") from None
    print(f"{name}: {len(folders) - len(problems)} of {len(folders)} runs")
    return problems


def _copy_all(folders: list[RunFolder], store: RunStore) -> tuple[Counter[Change], list[str]]:
    """Copy all runs that can be read; returns what that did and what is wrong with the others."""
    changes: Counter[Change] = Counter()
    problems = []
    for folder in tqdm(folders, unit=" runs", disable=None):
        try:
            copier = RunCopier(folder, store)
            changes[copier.copy()] += 1
        except UserError as error:
            problems.append(str(error))
            continue
        except OperationFailure as error:
            if not store.address.refuses_this(error):
                raise
            problems.append(f"{folder}: cannot be stored: {store.address.explain(error)}")
            continue
        if copier.left_out:
            more = f" and {len(copier.left_out) - 1} more" if len(copier.left_out) > 1 else ""
            problems.append(
                f"{folder}: '{copier.left_out[0]}'{more}: no file of its folder, or a link: not "
                "copied; all else was"
            )
        if copier.lines.unreadable:
            problems.append(
                f"{folder.place / 'metrics.jsonl'}: {copier.lines.unreadable} lines cannot be "
                "read; the others were copied"
            )
    return changes, problems
