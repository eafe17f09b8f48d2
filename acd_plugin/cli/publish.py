"""``main.py publish RESULTS FOLDER``: small copies of finished runs, to be kept and shared."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from acd_plugin.analysis.curves.learning_curve import DEFAULT_METRIC, read_curve
from acd_plugin.analysis.runs.run_record import read_records
from acd_plugin.errors import UserError
from acd_plugin.tracking.publication import publish as publish_run
from acd_plugin.tracking.run_folder import check_writable


def publish(results: str, target: str, metrics: Sequence[str] | None) -> int:
    """Copy all finished runs of a folder into another; returns the exit code.

    The copies keep these metrics, by default the return of the tests.
    """
    metrics = metrics or [DEFAULT_METRIC]
    records, problems = read_records(Path(results))
    if not records:
        raise UserError(f"no runs in '{results}': give the folder of an experiment's runs")
    if Path(results).resolve() == Path(target).resolve():
        raise UserError(f"'{target}' is where the runs are: give another folder for the copies")
    check_writable(target)
    copied = 0
    for record in records:
        if record.status != "COMPLETED":
            problems.append(f"run {record.id}: left out, it is {record.status}")
            continue
        try:
            for metric in metrics:
                read_curve(record, metric)  # a copy without it would be of no use
            publish_run(record.folder, Path(target), metrics)
            copied += 1
        except UserError as error:
            problems.append(str(error))
    for problem in problems:
        print(f"warning: {problem}", file=sys.stderr)
    if not copied:
        raise UserError(f"none of the {len(records)} runs in '{results}' could be copied")
    print(f"{copied} of {len(records)} runs copied to {target}")
    return 0
