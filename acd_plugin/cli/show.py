"""``main.py show RUN``: one recorded run, with its learning curve drawn in the terminal."""

from __future__ import annotations

import argparse
import shutil
import sys

import plotext

from acd_plugin.analysis.curves.learning_curve import Curve, read_curve
from acd_plugin.analysis.report.text_table import printable
from acd_plugin.analysis.runs.groups import as_typed, settings_that_count
from acd_plugin.analysis.runs.run_record import RunRecord, read_record
from acd_plugin.cli.runs import duration_text
from acd_plugin.errors import UserError, program
from acd_plugin.tracking.evaluations import Evaluation, read_evaluations
from acd_plugin.tracking.results import find_run

_HEIGHT, _WIDTH = 18, 100  # of the curve, in characters


def run(options: argparse.Namespace) -> int:
    """Print what is known about a run."""
    record = read_record(find_run(options.run, options.results))
    print(printable(f"run {record.id}: {record.name}"))
    for key, value in _facts(record).items():
        if value:
            print(printable(f"  {key:<12} {value}"))
    for done in read_evaluations(record.folder):
        print(printable(f"  {'evaluated':<12} {_evaluation(done)}"))
    print("settings")
    for setting, chosen in sorted(settings_that_count(record).items()):
        print(printable(f"  {setting:<34} {as_typed(chosen)}"))
    for line in (record.fail_trace or "").rstrip().splitlines():
        print(printable(line))
    try:
        print(drawing(read_curve(record, options.metric), options.metric))
    except UserError as error:
        print(f"no curve: {error}")
    return 0


def _facts(run: RunRecord) -> dict[str, str]:
    go_on = ""
    if run.can_be_resumed:
        go_on = f" (go on from {run.last_checkpoint:,} steps with: {program()} resume {run.id})"
    machine = [str(run.host[key]) for key in ("hostname", "cpu", "device") if run.host.get(key)]
    return {
        "status": run.status + go_on,
        "result": "" if run.result is None else f"{run.result:.3f}",
        "steps": "" if run.step is None else f"{run.step:,}",
        "started": "" if run.start is None else f"{run.start:%Y-%m-%d %H:%M:%S} UTC",
        "took": duration_text(run.duration),
        "command": run.command or "",
        "note": run.note or "",
        "tags": ", ".join(run.tags),
        "machine": ", ".join(machine),
        "folder": str(run.folder),
        "copy of": f"run {run.original_id}" if run.original_id else "",
    }


def _evaluation(done: Evaluation | None) -> str:
    if done is None:
        return "a line that cannot be read"
    spread = "({:.3f} to {:.3f}) ".format(*done.return_ci95) if done.return_ci95 else ""
    return (
        f"return {done.return_mean:.3f} {spread}after {done.t_env:,} steps, {done.episodes} games "
        f"{' '.join(done.overrides)}"
    )


def drawing(curve: Curve, metric: str) -> str:
    """Return a curve drawn with characters, as wide as the terminal."""
    plotext.clear_figure()
    plotext.theme("clear")
    plotext.plotsize(min(_WIDTH, shutil.get_terminal_size().columns), _HEIGHT)
    plotext.title(f"{metric} over game steps")
    values = curve.values.tolist()
    plotext.plot(curve.steps.tolist(), values, marker="braille" if len(values) > 1 else "dot")
    if min(values) == max(values):  # plotext would turn the axis of a negative number upside down
        plotext.ylim(values[0] - 1, values[0] + 1)
    drawing: str = plotext.build()
    return drawing if sys.stdout.isatty() else plotext.uncolorize(drawing)
