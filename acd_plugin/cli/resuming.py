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


def go_on(names: Sequence[str], changes: Mapping[str, object], options: argparse.Namespace) -> int:
    """Train what is left of these runs; returns the exit code."""
    set_up_logging()
    records = Records(mongo=options.mongo, draw=draw_run)
    if len(names) == 1:
        name = names[0]
        return told(lambda: resume(name, options.results, records, changes, options.plugins))
    runs: list[Planned] = []
    for name in names:
        try:
            found = continued(name, options.results, records, changes, options.plugins)
        except FinishedError as finished:
            logger.info("left out: %s", finished)
        else:
            runs.append(found)
    _refuse_twice(runs)
    if not runs:
        raise UserError("none of these runs has anything left to do: with t_max=LARGER they have")
    return told_of_all(runs, train_many(runs, in_processes))


def _refuse_twice(runs: Sequence[Planned]) -> None:
    places = [run.folder.path.resolve() for run in runs if run.folder]
    for place in places:
        if places.count(place) > 1:
            raise UserError(f"run {place.name} is named twice: name it once")
