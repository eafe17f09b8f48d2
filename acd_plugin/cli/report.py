"""``main.py report RESULTS``: tables, curves and statistics of all finished runs of a folder."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from acd_plugin.analysis.report.document import Picture, html, is_html, markdown
from acd_plugin.analysis.report.enumeration import counted
from acd_plugin.analysis.report.report import DATA_OF_SOME, make_report
from acd_plugin.analysis.report.scores import cells
from acd_plugin.analysis.report.text_table import printable
from acd_plugin.analysis.runs.plan_names import read_plan_names
from acd_plugin.analysis.runs.run_record import read_records
from acd_plugin.errors import UserError, brief, listing
from acd_plugin.tracking.plain_files import open_plain, reason
from acd_plugin.tracking.results import refuse_inside
from acd_plugin.tracking.run_folder import write_named

_REMEDY = "choose another --out FOLDER"
_DOCUMENT = "report.html"  # by which a folder is known as a report's: written first


def run(options: argparse.Namespace) -> int:
    """Write report.html, report.md, pictures, tables for LaTeX and data."""
    results: str = options.results
    records, damaged = read_records(Path(results))
    if not records:
        raise UserError(f"no runs in '{results}': give the folder of an experiment's runs")
    place = Path(results) if Path(results).is_dir() else Path(results).parent  # of an archive
    folder = Path(options.out or place / "report")
    _refuse_others(folder)
    found, problems = cells(records)
    names = read_plan_names(Path(results))
    made = make_report(found, [*(f"left out: {one}" for one in damaged), *problems], names)
    for problem in made.problems:
        print(printable(f"warning: {problem}"), file=sys.stderr)
    heading = options.title or (names.titles[0] if len(names.titles) == 1 else Path(results).name)
    files = {
        _DOCUMENT: html(heading, made.sections).encode(),
        "report.md": markdown(heading, made.sections).encode(),
        **{name: text.encode() for name, text in made.data.items()},
    }
    for section in made.sections:
        for block in section.blocks:
            if isinstance(block, Picture):
                files |= block.files()
    for name, content in files.items():
        write_named(folder / name, content)
    for name in DATA_OF_SOME:  # of an earlier report in this place, on other runs
        if name not in files:
            (folder / name).unlink(missing_ok=True)
    runs = sum(len(cell.scores) for cell in found)
    print(f"{counted(runs, 'run')} in {counted(len(found), 'group')}: {folder / _DOCUMENT}")
    return 0


def _refuse_others(folder: Path) -> None:
    """Raise UserError for a place where a report would lie among what others have written."""
    refuse_inside(folder, _REMEDY)
    try:
        there = [path.name for path in folder.iterdir() if not path.name.startswith(".")]
        if not there:
            return
        with open_plain(folder / _DOCUMENT) as file:
            if is_html(file):
                return
    except FileNotFoundError:
        if not folder.exists():
            return
    except OSError as error:
        raise UserError(f"{folder}: cannot be used ({reason(error)}): {_REMEDY}") from None
    raise UserError(f"{folder}: holds {brief(listing(there))} that report did not write: {_REMEDY}")
