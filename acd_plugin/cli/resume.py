"""``main.py resume RUN [with t_max=N]``."""

from __future__ import annotations

import argparse

from acd_plugin.analysis.curves.run_picture import draw_run
from acd_plugin.cli.train import told
from acd_plugin.configuration.layers import read_overrides
from acd_plugin.running.console import set_up_logging
from acd_plugin.running.recorded_run import Records
from acd_plugin.running.train import resume


def run(options: argparse.Namespace) -> int:
    """Go on with a run from its latest checkpoint, in its own folder."""
    set_up_logging()
    changes = read_overrides(options.overrides)
    records = Records(mongo=options.mongo, draw=draw_run)
    return told(lambda: resume(options.run, options.results, records, changes, options.plugins))
