"""Several groups of runs side by side: their curves and their ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from acd_plugin.analysis.curves.learning_curve import Band, Curve, band, read_curve
from acd_plugin.analysis.curves.plots import learning_curves
from acd_plugin.analysis.runs.groups import grouped
from acd_plugin.analysis.runs.run_record import RunRecord, without_copies
from acd_plugin.analysis.statistics import Statistic, mean
from acd_plugin.errors import UserError


class Group(NamedTuple):
    """Runs that differ only by their seed."""

    name: str
    runs: Sequence[RunRecord]
    curves: Sequence[Curve]  # of the runs, in the same order
    band: Band


class Comparison(NamedTuple):
    """What `compare` shows."""

    groups: Sequence[Group]
    metric: str
    centre: str  # "mean" or "IQM"
    problems: Sequence[str]  # runs that could not be compared, and why

    def picture(self) -> bytes:
        """Return the learning curves as a PNG."""
        bands = {group.name: group.band for group in self.groups}
        curves = {group.name: group.curves for group in self.groups}
        return learning_curves(bands, curves, self.metric)

    def rows(self) -> list[list[str]]:
        """Return the table of the groups' last points, with a heading."""
        at_the_end = f"{self.centre} at the end"
        rows = [["group", "runs", "steps", at_the_end, "95% interval", "each run"]]
        for name, runs, curves, over in self.groups:
            rows.append(
                [
                    name,
                    str(len(runs)),
                    f"{over.steps[-1]:,.0f}",
                    f"{over.centre[-1]:.2f}",
                    f"{over.low[-1]:.2f} to {over.high[-1]:.2f}",
                    ", ".join(f"{curve.values[-1]:.2f}" for curve in curves),
                ]
            )
        return rows


def compare(
    runs: Sequence[RunRecord],
    metric: str,
    centre: Statistic = mean,
    centre_name: str = "mean",
) -> Comparison:
    """Compare runs; copies and those without the metric are left out and named.

    Raises UserError when no run is left, or when a group's runs have no steps in common.
    """
    originals, problems = without_copies(runs)
    groups = []
    for name, members in grouped(originals).items():
        curves = {}
        for run in members:
            try:
                curves[run.id] = read_curve(run, metric)
            except UserError as error:
                problems.append(str(error))
        if curves:
            found = [run for run in members if run.id in curves]
            groups.append(Group(name, found, list(curves.values()), _band(name, curves, centre)))
    if not groups:
        raise UserError(problems[0] if problems else "no runs to compare")
    return Comparison(groups, metric, centre_name, problems)


def _band(name: str, curves: Mapping[str, Curve], centre: Statistic) -> Band:
    starts = max(curve.steps[0] for curve in curves.values())
    if any(curve.steps[-1] < starts for curve in curves.values()):
        raise UserError(f"the runs {', '.join(curves)} of '{name}' have no steps in common")
    return band(list(curves.values()), centre)
