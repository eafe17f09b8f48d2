"""``main.py resume RUN [with t_max=N]``."""

from __future__ import annotations

import argparse

from acd_plugin.analysis.curves.run_picture import draw_run
from acd_plugin.cli.train import told
from acd_plugin.configuration.layers import read_overrides
from acd_plugin.running.console import set_up_logging
from acd_plugin.running.train import Records, resume


def run(options: argparse.Namespace) -> int:
    """Go on with a run from its latest checkpoint, in its own folder."""
    set_up_logging()
    changes = read_overrides(options.overrides)
    records = Records(options.mongo, draw_run)
    return told(lambda: resume(options.run, options.results, changes, options.plugins, records))
