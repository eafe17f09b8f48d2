"""``main.py runs``: the recorded runs as a table."""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta
from pathlib import Path

from acd_plugin.analysis.report.text_table import printable, text_table
from acd_plugin.analysis.runs.run_record import RunRecord, read_records
from acd_plugin.analysis.runs.selection import in_order
from acd_plugin.cli.conditions import selection
from acd_plugin.errors import UserError, program

_HEADING = ["id", "status", "algorithm", "environment", "seed", "steps", "result", "started (UTC)"]
_HEADING += ["took", "tags"]


def run(options: argparse.Namespace) -> int:
    """Print the runs that meet the conditions."""
    results: str = options.results
    if not Path(results).exists():
        raise UserError(f"no folder '{results}': name that of your runs with --results=FOLDER")
    records, problems = read_records(Path(results))
    chosen = in_order(selection(options).choose(records), options.sort)
    rows = [_HEADING, *map(_row, chosen)]
    if any(_has_another_number(run) for run in chosen):
        rows = [
            [*row, told] for row, told in zip(rows, ["was run", *map(_number, chosen)], strict=True)
        ]
    print(text_table(rows))
    print(f"{len(chosen)} of {len(records)} runs in {results}")
    stopped = [found.id for found in chosen if found.can_be_resumed]
    if stopped:
        print(f"can go on: {', '.join(stopped)} (with: {program()} resume ID)")
    for problem in problems:
        print(printable(f"not shown: {problem}"), file=sys.stderr)
    return 0


def _row(run: RunRecord) -> list[str]:
    return [
        run.id,
        run.status,
        run.algorithm,
        run.environment,
        str(run.seed),
        "" if run.step is None else f"{run.step:,}",
        "" if run.result is None else f"{run.result:.2f}",
        "" if run.start is None else f"{run.start:%Y-%m-%d %H:%M}",
        duration_text(run.duration),
        ", ".join(run.tags),
    ]


def _has_another_number(run: RunRecord) -> bool:
    return run.original_id is not None and run.original_id != run.folder.path.name


def _number(run: RunRecord) -> str:
    return run.original_id or ""


def duration_text(duration: timedelta | None) -> str:
    """Return hours, minutes and seconds."""
    return "" if duration is None else str(timedelta(seconds=round(duration.total_seconds())))
