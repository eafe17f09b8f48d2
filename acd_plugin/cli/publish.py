"""``main.py publish RESULTS TARGET``: small copies of finished runs, to be kept and shared."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from acd_plugin.analysis.curves.learning_curve import DEFAULT_METRIC, read_curve
from acd_plugin.analysis.report.text_table import printable
from acd_plugin.analysis.runs.plan_names import copy_plan_names
from acd_plugin.analysis.runs.run_record import RunRecord, read_records, without_copies
from acd_plugin.errors import UserError
from acd_plugin.running.export import export
from acd_plugin.running.stored_run import open_policy
from acd_plugin.tracking.archive import ENDING
from acd_plugin.tracking.publication import Copies, opened_for_copies, publish
from acd_plugin.tracking.results import refuse_inside
from acd_plugin.tracking.run_folder import check_writable, refuse_lost_link

_OTHER_ARCHIVES = frozenset(
    (".tar", ".gz", ".tgz", ".bz2", ".tbz2", ".xz", ".txz", ".zst", ".zip", ".7z", ".rar")
)
_EPISODES = "episode"  # how many a run had played at a step: kept where it was recorded


def run(options: argparse.Namespace) -> int:
    """Copy all finished runs of a folder into another or an archive."""
    results, target = str(options.results), str(options.folder)
    place = Path(target)
    records, problems = read_records(Path(results))
    if not records:
        raise UserError(f"no runs in '{results}': give the folder of an experiment's runs")
    if Path(results).resolve() == place.resolve():
        raise UserError(f"'{target}' is where the runs are: give another folder for the copies")
    _refuse_place(place)
    holder = place.parent if target.endswith(ENDING) else place
    check_writable(str(holder), "give another target for the copies")
    # An archive among the runs may hold copies of them, this target's own or older ones.
    records, _ = without_copies(records)
    problems = [f"left out: {problem}" for problem in problems]
    copied = 0
    with opened_for_copies(place) as copies:
        for record in records:
            try:
                problems += _copy(record, copies, options.metric or [DEFAULT_METRIC])
                if options.policies:
                    problems += _add_policy(record, copies, options.plugins)
                copied += 1
            except UserError as error:
                problems.append(str(error))
        copy_plan_names(Path(results), copies.target)
        for problem in problems:
            print(printable(f"warning: {problem}"), file=sys.stderr)
        if not copied:
            raise UserError(f"none of the {len(records)} runs in '{results}' could be copied")
    print(f"{copied} of {len(records)} runs copied to {target}")
    return 0


def _refuse_place(target: Path) -> None:
    """Raise UserError for what is a run's own, and for a name that promises another archive."""
    refuse_lost_link(target)
    if target.suffix.lower() in _OTHER_ARCHIVES and not target.name.endswith(ENDING):
        raise UserError(f"'{target}': an archive's name ends in {ENDING}")
    refuse_inside(target)
    if target.is_file() and not target.name.endswith(ENDING):
        raise UserError(
            f"'{target}' is a file: give a folder for the copies, or an archive's name, "
            f"which ends in {ENDING}"
        )


def _copy(record: RunRecord, copies: Copies, metrics: Sequence[str]) -> list[str]:
    if record.status != "COMPLETED":
        raise UserError(f"run {record.id}: left out, it is {record.status}")
    for metric in metrics:
        read_curve(record, metric)  # a copy without it would be of no use
    return publish(record.folder, copies, list(dict.fromkeys([*metrics, _EPISODES])))


def _add_policy(record: RunRecord, copies: Copies, plugins: Sequence[str]) -> list[str]:
    """Put the trained policy beside the copy of its run; returns why there is none."""
    place = copies.place_of(record.folder.key(), record.folder.path.name).policy
    try:
        stored = open_policy(str(record.folder), str(record.folder.path.parent))
        place.unlink(missing_ok=True)  # one that was published before
        export(stored, place, plugins)
    except UserError as error:
        return [f"run {record.id}: copied without its policy: {error}"]
    return []
