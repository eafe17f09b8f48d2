"""The picture that is stored with a finished run."""

from __future__ import annotations

from pathlib import Path

from acd_plugin.analysis.curves.learning_curve import DEFAULT_METRIC, read_curve
from acd_plugin.analysis.curves.plots import save_curve
from acd_plugin.analysis.runs.run_record import read_record
from acd_plugin.errors import UserError
from acd_plugin.tracking.run_folder import RunFolder


def draw_run(folder: RunFolder, path: Path) -> None:
    """Draw the run's learning curve, if it has one."""
    record = read_record(folder)
    try:
        curve = read_curve(record)
    except UserError:
        return  # it was never tested
    save_curve(curve, record.name, DEFAULT_METRIC, path)
