"""``main.py sync [RUN ...] [--results R] [--mongo URL]``: copy recorded runs into MongoDB."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from pymongo.errors import OperationFailure, PyMongoError
from tqdm import tqdm

from acd_plugin.analysis.report.text_table import printable
from acd_plugin.errors import UserError
from acd_plugin.tracking.results import find_run, run_folders
from acd_plugin.tracking.run_folder import RunFolder
from acd_plugin.tracking.trackers.mongo.address import parse_address
from acd_plugin.tracking.trackers.mongo.copier import Change, RunCopier, RunStore


def run(options: argparse.Namespace) -> int:
    """Copy these runs, by default all of the folder."""
    names: list[str] = options.runs
    results: str = options.results
    if not options.mongo:
        raise UserError("sync needs a database: give --mongo=URL, or set ACD_MONGO_URL")
    address = parse_address(options.mongo)
    folders = [find_run(name, results) for name in names] if names else run_folders(Path(results))
    if not folders:
        raise UserError(f"no runs in '{results}': name their folder with --results=FOLDER")
    try:
        store = RunStore(address)
        store.check()
        changes, problems = _copy_all(folders, store)
        store.close()
    except PyMongoError as error:
        raise UserError(f"{address.explain(error)}; what was copied so far stays there") from None
    print(f"{address}: " + ", ".join(f"{changes[change]} {change.value}" for change in Change))
    for problem in problems:
        print(printable(f"error: {problem}"), file=sys.stderr)
    return 2 if problems else 0


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
