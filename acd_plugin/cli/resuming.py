"""What `cli.resume` does once it knows that nobody else trains the runs."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

from acd_plugin.analysis.curves.run_picture import draw_run
from acd_plugin.cli.ended import told, told_of_all
from acd_plugin.errors import UserError
from acd_plugin.experiments.seeds import in_processes
from acd_plugin.running.console import logger, set_up_logging
from acd_plugin.running.many import train_many
from acd_plugin.running.planned import FinishedError, Planned, continued
from acd_plugin.running.recorded_run import Records
from acd_plugin.running.train import resume
from acd_plugin.tracking.run_folder import NoCheckpointError


def go_on(names: Sequence[str], changes: Mapping[str, object], options: argparse.Namespace) -> int:
    """Train what is left of these runs; returns the exit code."""
    set_up_logging()
    records = Records(mongo=options.mongo, draw=draw_run)
    if len(names) == 1:
        name = names[0]
        return told(lambda: resume(name, options.results, records, changes, options.plugins))
    runs: list[Planned] = []
    lacks = False  # a run that was to go on, and cannot
    for name in names:
        try:
            found = continued(name, options.results, records, changes, options.plugins)
        except (FinishedError, NoCheckpointError) as reason:
            logger.info("left out: %s", reason)
            lacks |= isinstance(reason, NoCheckpointError)
        else:
            runs.append(found)
    _refuse_twice(runs)
    if not runs:
        can = "" if lacks else ": with t_max=LARGER they have"
        raise UserError(f"none of these runs has anything left to do{can}")
    return told_of_all(runs, train_many(runs, in_processes)) or int(lacks)


def _refuse_twice(runs: Sequence[Planned]) -> None:
    places = [run.folder.path.resolve() for run in runs if run.folder]
    for place in places:
        if places.count(place) > 1:
            raise UserError(f"run {place.name} is named twice: name it once")
