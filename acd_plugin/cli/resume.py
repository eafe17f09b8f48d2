"""``main.py resume RUN [RUN ...] [with t_max=N device=cuda]``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from acd_plugin.analysis.curves.run_picture import draw_run
from acd_plugin.cli.ended import told, told_of_all
from acd_plugin.cli.words import several_runs
from acd_plugin.configuration.layers import read_overrides
from acd_plugin.errors import UserError
from acd_plugin.experiments.seeds import in_processes
from acd_plugin.running.console import logger, set_up_logging
from acd_plugin.running.many import train_many
from acd_plugin.running.planned import FinishedError, Planned, continued
from acd_plugin.running.recorded_run import Records
from acd_plugin.running.train import resume


def run(options: argparse.Namespace) -> int:
    """Go on with runs from their latest checkpoints, each in its own folder."""
    set_up_logging()
    changes = read_overrides(options.overrides)
    records = Records(mongo=options.mongo, draw=draw_run)
    names = several_runs(options.runs)
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
