"""Several groups of runs side by side: their curves and their ends."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from acd_plugin.analysis.curves.drawing import Drawing
from acd_plugin.analysis.curves.learning_curve import Band, Curve, band, read_curve
from acd_plugin.analysis.curves.plots import learning_curves
from acd_plugin.analysis.ranking import ranking
from acd_plugin.analysis.runs.groups import BETWEEN, different_games, grouped, length_of
from acd_plugin.analysis.runs.plan_names import PlanNames, told_apart
from acd_plugin.analysis.runs.run_record import RunRecord, without_copies
from acd_plugin.analysis.statistics import Array, Statistic, mean
from acd_plugin.errors import UserError, brief

FINISHED = "COMPLETED"
GroupsByName = dict[str, list[RunRecord]]


class Group(NamedTuple):
    """Runs that differ only by their seed."""

    name: str
    runs: Sequence[RunRecord]
    curves: Sequence[Curve]  # of the runs, in the same order
    band: Band

    @property
    def ends(self) -> Array:
        """The values of the runs (R,) where the band ends: at the last step that all have."""
        return np.array([np.interp(self.band.steps[-1], *curve) for curve in self.curves])


class Comparison(NamedTuple):
    """What `compare` shows."""

    groups: Sequence[Group]
    metric: str
    centre: str  # "mean" or "IQM"
    problems: Sequence[str]  # runs that could not be compared, and why

    @property
    def cautions(self) -> list[str]:
        """What to know where the runs did not all play one game, or not equally long."""
        runs = [run for group in self.groups for run in group.runs]
        told = []
        if games := different_games(runs):
            told.append(
                f"these runs played different games (not alike: {', '.join(games)}), and a return "
                "in one says nothing about another"
            )
        if len(lengths := dict.fromkeys(map(length_of, runs))) > 1:
            told.append(
                f"these runs were trained for different lengths ({'; '.join(lengths)}), and every "
                "group is told at its own end: compare groups of one length"
            )
        if unfinished := [run.id for run in runs if run.status != FINISHED]:
            told.append(
                f"{len(unfinished)} of these runs did not come to the end, and every group is told "
                "at the last step that all its runs have"
            )
        return told

    def picture(self) -> Drawing:
        """Draw the learning curves."""
        bands = {group.name: group.band for group in self.groups}
        curves = {group.name: group.curves for group in self.groups}
        return learning_curves(bands, curves, self.metric)

    def best(self) -> str | None:
        """Return the group that ends ahead of every other by a test, None if none does.

        Only returns are known to be better the higher they are.
        """
        if not self.metric.endswith("return_mean") or self.cautions:
            return None
        best = ranking(self.groups, lambda group: group.ends).best
        return best and best.name

    def rows(self) -> list[list[str]]:
        """Return the table of the groups' last points, with a heading."""
        at_the_end = f"{self.centre} at the end"
        rows = [["group", "runs", "steps", at_the_end, "95% interval", "each run"]]
        for group in self.groups:
            over = group.band
            rows.append(
                [
                    group.name,
                    str(len(group.runs)),
                    f"{over.steps[-1]:,.0f}",
                    f"{over.centre[-1]:.2f}",
                    f"{over.low[-1]:.2f} to {over.high[-1]:.2f}",
                    ", ".join(f"{end:.2f}" for end in group.ends),
                ]
            )
        return rows


def compare(
    runs: Sequence[RunRecord],
    metric: str,
    centre: Statistic = mean,
    centre_name: str = "mean",
    names: PlanNames | None = None,
    statuses: Collection[str] = (),
) -> Comparison:
    """Compare runs of equal length, each seed once; those left out are named.

    They must be finished, or have one of the ``statuses`` if any are given. Groups have the names
    of the plans that have such runs, if any.

    Raises UserError when no run is left, or when a group's runs have no steps in common.
    """
    originals, problems = without_copies(runs)
    wanted = statuses or (FINISHED,)
    compared = [run for run in originals if run.status in wanted]
    problems += [f"run {run.id} is {run.status}" for run in originals if run.status not in wanted]
    if problems and not compared:
        others = "; --status=STATUS compares others, as far as they came"
        raise UserError(f"no finished runs to compare: {brief(', '.join(problems))}{others}")
    groups = []
    for name, members in _shown(grouped(compared, by_length=True), names or PlanNames()).items():
        curves: dict[str, Curve] = {}
        seeds: dict[int, str] = {}  # the same seed gives the same run: it is no second sample
        for run in members:
            try:
                curve = read_curve(run, metric)
            except UserError as error:
                problems.append(str(error))
                continue
            first = seeds.setdefault(run.seed, run.id)
            if first == run.id:
                curves[run.id] = curve
            else:
                problems.append(f"run {run.id} repeats run {first}")
        if curves:
            found = [run for run in members if run.id in curves]
            groups.append(Group(name, found, list(curves.values()), _band(name, curves, centre)))
    if not groups:
        raise UserError(problems[0] if problems else "no runs to compare")
    return Comparison(groups, metric, centre_name, problems)


def _shown(groups: GroupsByName, names: PlanNames) -> GroupsByName:
    """Return the groups by the names of the plans."""
    planned = {own: names.of(runs[0]) for own, runs in groups.items()}
    places = {name.environment for name in planned.values() if name}
    called = {
        own: own if name is None else name.algorithm if len(places) == 1 else BETWEEN.join(name)
        for own, name in planned.items()
    }
    return {shown: groups[own] for own, shown in told_apart(called).items()}


def _band(name: str, curves: Mapping[str, Curve], centre: Statistic) -> Band:
    starts = max(curve.steps[0] for curve in curves.values())
    if any(curve.steps[-1] < starts for curve in curves.values()):
        raise UserError(f"the runs {', '.join(curves)} of '{name}' have no steps in common")
    return band(list(curves.values()), centre)
