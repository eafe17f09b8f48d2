"""``main.py compare [RUN ...] --out FILE``: learning curves of several runs side by side."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial
from io import SEEK_END
from pathlib import Path
from typing import BinaryIO

from acd_plugin.analysis.curves.comparison import Comparison, compare
from acd_plugin.analysis.curves.drawing import FORMATS
from acd_plugin.analysis.report.comparison_page import page
from acd_plugin.analysis.report.document import is_html
from acd_plugin.analysis.report.latex import comparison_table
from acd_plugin.analysis.report.text_table import printable, text_table
from acd_plugin.analysis.runs.plan_names import read_plan_names
from acd_plugin.analysis.runs.run_record import RunRecord, read_records, records_of
from acd_plugin.analysis.statistics import interquartile_mean, mean
from acd_plugin.cli.conditions import selection
from acd_plugin.cli.words import several_runs
from acd_plugin.errors import UserError
from acd_plugin.tracking.results import find_run, refuse_inside
from acd_plugin.tracking.run_folder import refuse_to_replace, write_named

_CREATOR = "acd-plugin compare"  # by which a picture or a table is known as one of these
_HEAD, _TAIL = 2000, 10_000  # bytes of a picture, in which it says so; a PDF says it at its end


def _picture(kind: str, comparison: Comparison) -> bytes:
    return comparison.picture().saved(kind, _CREATOR)


def _table(comparison: Comparison) -> bytes:
    return f"% {_CREATOR}\n{comparison_table(comparison)}".encode()


_WRITERS: dict[str, Callable[[Comparison], bytes]] = {
    **{f".{kind}": partial(_picture, kind) for kind in FORMATS},
    ".html": lambda comparison: page(comparison).encode(),
    ".tex": _table,
}


def run(options: argparse.Namespace) -> int:
    """Write the comparison of these runs, by default all that meet the conditions."""
    outs: list[str] = options.out
    for out in outs:
        if Path(out).suffix not in _WRITERS:
            raise UserError(f"--out {out}: must end in {', '.join(_WRITERS)}")
        refuse_inside(Path(out), f"choose another --out FILE{Path(out).suffix}")
        refuse_to_replace(Path(out), partial(_is_own, Path(out).suffix), "compare")
    centre, its_name = (interquartile_mean, "IQM") if options.iqm else (mean, "mean")
    chosen = selection(options).choose(_find(several_runs(options.runs), options.results))
    names = read_plan_names(Path(options.results))
    comparison = compare(chosen, options.metric, centre, its_name, names, options.status)
    print(text_table(comparison.rows()))
    for caution in comparison.cautions:
        print(f"note: {caution}", file=sys.stderr)
    for problem in comparison.problems:
        print(printable(f"left out: {problem}"), file=sys.stderr)
    for out in outs:
        write_named(Path(out), _WRITERS[Path(out).suffix](comparison))
        print(f"written: {out}")
    return 0


def _is_own(suffix: str, file: BinaryIO) -> bool:
    if suffix == ".html":
        return is_html(file)
    head = file.read(_HEAD)
    if suffix == ".tex":  # a paper may have the table, with its first line, further down
        return head.startswith(f"% {_CREATOR}\n".encode())
    file.seek(max(0, file.seek(0, SEEK_END) - _TAIL))
    return _CREATOR.encode() in head + file.read()


def _find(names: list[str], results: str) -> list[RunRecord]:
    if names:
        folders = [find_run(name, results) for name in names]
        records, problems = records_of(folders)
    else:
        records, problems = read_records(Path(results))
    for problem in problems:
        print(printable(f"left out: {problem}"), file=sys.stderr)
    if not records and names:
        raise UserError(f"none of these runs can be read: {problems[0]}")
    if not records:
        raise UserError(f"no runs in '{results}': name their folder with --results=FOLDER")
    return records
