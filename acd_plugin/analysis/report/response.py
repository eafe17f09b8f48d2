"""How the score answers to the settings that a plan varies."""

from __future__ import annotations

from collections.abc import Sequence

from acd_plugin.analysis.curves.response_plot import response
from acd_plugin.analysis.report.document import Block, Picture, Section, Table, Text, file_names
from acd_plugin.analysis.report.scores import Cell
from acd_plugin.analysis.runs.plan_names import PlanNames, Swept

_EXPLANATION = (
    "Every setting that was swept, the best mean first. In the pictures a dot is a run's score, at "
    "its value of one setting whatever the others were, and a diamond is the mean there."
)


def responses(cells: Sequence[Cell], names: PlanNames) -> list[Section]:
    """Return a section on the sweeps of the plans, none if there are none."""
    sweeps: dict[tuple[str, str], list[tuple[Swept, Cell]]] = {}
    for cell in cells:
        swept = names.swept(cell.scores[0].run)
        if swept is not None:
            sweeps.setdefault((swept.algorithm, swept.environment), []).append((swept, cell))
    blocks: list[Block] = []
    for (algorithm, environment), found in sweeps.items():
        blocks += _sweep(f"{algorithm} on {environment}", found)
    return [Section("Response to settings", [Text(_EXPLANATION), *blocks])] if blocks else []


def _sweep(name: str, found: Sequence[tuple[Swept, Cell]]) -> list[Block]:
    keys = list(dict.fromkeys(key for swept, _ in found for key in swept.values))
    best_first = sorted(found, key=lambda pair: -pair[1].mean)
    rows = [[*keys, "runs", "mean", "sd over runs"]]
    for swept, cell in best_first:
        sd = "" if len(cell.scores) == 1 else f"{cell.summary.sd:.2f}"
        told = [str(swept.values.get(key, "")) for key in keys]
        rows.append([*told, str(len(cell.scores)), f"{cell.mean:.2f}", sd])
    blocks: list[Block] = [Text(f"{name}:"), Table(rows, len(keys))]
    files = file_names([f"{key} {name}" for key in keys])
    for key, file in zip(keys, files.values(), strict=True):
        points = [
            (swept.values[key], score.mean)
            for swept, cell in found
            if key in swept.values
            for score in cell.scores
        ]
        drawn = response(points, key).files()
        title = f"score of {name} over {key}"
        blocks.append(Picture(f"response_{file}", title, drawn))
    return blocks
