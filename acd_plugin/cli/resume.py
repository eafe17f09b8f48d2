"""``main.py resume RUN [with t_max=N]``."""

from __future__ import annotations

from acd_plugin.analysis.curves.run_picture import draw_run
from acd_plugin.cli.train import told
from acd_plugin.configuration.layers import read_overrides
from acd_plugin.running.train import Records
from acd_plugin.running.train import resume as resume_run
from acd_plugin.tracking.console import set_up_logging


def resume(name: str, results: str, mongo: str | None, overrides: list[str]) -> int:
    """Go on with a run from its latest checkpoint, in its own folder; returns the exit code."""
    set_up_logging()
    changes = read_overrides(overrides)
    return told(lambda: resume_run(name, results, changes, records=Records(mongo, draw_run)))
