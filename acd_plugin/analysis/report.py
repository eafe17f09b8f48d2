"""The report on many runs: tables, curves, pairwise comparisons, settings and commands."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from acd_plugin.analysis.curves import band
from acd_plugin.analysis.document import Code, Picture, Section, Table, Text
from acd_plugin.analysis.groups import settings
from acd_plugin.analysis.plots import learning_curves, profiles
from acd_plugin.analysis.scores import Cell
from acd_plugin.analysis.statistics import (
    improvement_interval,
    performance_profile,
    probability_of_improvement,
    steps_to_reach,
    summarise,
)
from acd_plugin.errors import UserError

_SHARE_OF_THE_WAY = 0.9  # a threshold: this far from the first test to the best group's last score
_TINY = 1e-9
_INFLUENCES = ("in all", "through its mask", "through the policy")


class Report(NamedTuple):
    """What is written: the document, and files of data beside it."""

    sections: Sequence[Section]
    data: Mapping[str, str]  # name of the file -> CSV


def make_report(cells: Sequence[Cell], problems: Sequence[str]) -> Report:
    """Return the report on finished runs; UserError when there is none."""
    if not cells:
        raise UserError(problems[0] if problems else "no finished runs to report on")
    environments = list(dict.fromkeys(cell.environment for cell in cells))
    sections = [_overview(cells, environments, problems)]
    for number, environment in enumerate(environments, start=1):
        inside = [cell for cell in cells if cell.environment == environment]
        sections.append(_environment(environment, inside, number))
    sections += [*_messages(cells), _runs(cells), _settings(cells)]
    return Report(sections, {"scores.csv": _scores(cells), "curves.csv": _curves(cells)})


def _overview(
    cells: Sequence[Cell], environments: Sequence[str], problems: Sequence[str]
) -> Section:
    groups = list(dict.fromkeys(cell.group for cell in cells))
    found = {(cell.group, cell.environment): summarise(cell.means) for cell in cells}
    rows = [["IQM of the return", *environments]]
    for group in groups:
        row = [group]
        for environment in environments:
            summary = found.get((group, environment))
            row.append(
                f"{summary.iqm:.2f} ({summary.interval.low:.2f} to {summary.interval.high:.2f})"
                if summary
                else ""
            )
        rows.append(row)
    return Section(
        "Results",
        [
            Table(rows),
            Text(
                "Interquartile mean over runs of the mean return of each run's last policy, with a "
                "95% bootstrap interval. A row holds runs that differ only by their seed; where an "
                "algorithm has several rows, their names say in what they differ."
            ),
            *(Text(f"Warning: {problem}") for problem in problems),
        ],
    )


def _environment(name: str, cells: Sequence[Cell], number: int) -> Section:
    bands = {cell.group: band([score.curve for score in cell.scores]) for cell in cells}
    curves = {cell.group: [score.curve for score in cell.scores] for cell in cells}
    curve_picture = learning_curves(bands, curves, "test_return_mean")
    thresholds = np.linspace(min(c.means.min() for c in cells) - _TINY, 0.0, 201)
    shares = {cell.group: performance_profile(cell.means, thresholds) for cell in cells}
    return Section(
        name,
        [
            Table(_summary_rows(cells)),
            Text(
                "Return of each seed's last policy; a * marks those that come from the last test "
                "of training instead of an evaluation of their own."
            ),
            Picture(f"curves_{number}.png", f"learning curves, {name}", curve_picture),
            Table(_speed_rows(cells)),
            Table(_improvement_rows(cells)),
            Text(
                "Probability that a run of the first group ends higher than one of the second, "
                "with a 95% bootstrap interval."
            ),
            Picture(
                f"profiles_{number}.png",
                f"share of runs above a return, {name}",
                profiles(thresholds, shares),
            ),
        ],
    )


def _summary_rows(cells: Sequence[Cell]) -> list[list[str]]:
    rows = [["group", "runs", "mean", "sd", "IQM", "95% interval of the IQM", "each seed"]]
    for cell in cells:
        found = summarise(cell.means)
        each = ", ".join(
            f"{score.run.columns['seed']}: {score.mean:.2f}{'' if score.is_evaluated else '*'}"
            for score in cell.scores
        )
        rows.append(
            [
                *(cell.group, str(len(cell.scores)), f"{found.mean:.2f}"),
                "" if math.isnan(found.sd) else f"{found.sd:.2f}",
                f"{found.iqm:.2f}",
                f"{found.interval.low:.2f} to {found.interval.high:.2f}",
                each,
            ]
        )
    return rows


def _speed_rows(cells: Sequence[Cell]) -> list[list[str]]:
    """How many games each run needed to come most of the way to the best group's end."""
    best = max(float(np.mean(cell.means)) for cell in cells)
    start = float(np.median([score.curve.values[0] for cell in cells for score in cell.scores]))
    threshold = start + _SHARE_OF_THE_WAY * (best - start)
    rows = [["group", f"games until a test first returns {threshold:.2f}, each seed"]]
    for cell in cells:
        games = []
        for score in cell.scores:
            steps = steps_to_reach(score.curve, threshold)
            length = score.run.config.get("env_args", {}).get("time_limit", 1)
            games.append("never" if steps is None else f"{steps / length:,.0f}")
        rows.append([cell.group, ", ".join(games)])
    return rows


def _improvement_rows(cells: Sequence[Cell]) -> list[list[str]]:
    rows = [["first", "second", "probability that the first is higher", "95% interval"]]
    for first, second in combinations(cells, 2):
        chance = probability_of_improvement(first.means, second.means)
        low, high = improvement_interval(first.means, second.means)
        rows.append([first.group, second.group, f"{chance:.2f}", f"{low:.2f} to {high:.2f}"])
    return rows


def _messages(cells: Sequence[Cell]) -> list[Section]:
    """What was found out about the messages of runs that were examined."""
    ablations: list[str] = []
    rows: list[list[str]] = []
    for cell in cells:
        for score in cell.scores:
            path = score.run.folder.communication
            if not path.exists():
                continue
            found = json.loads(path.read_text())
            ablations = ablations or list(found["ablations"])
            changes = [found["ablations"].get(name, {}).get("change") for name in ablations]
            shares = [*found["influence"].values(), found["send_rate"]]
            rows.append(
                [
                    *(cell.environment, cell.group, str(score.run.columns["seed"])),
                    *(f"{share:.3f}" for share in shares),
                    *("" if change is None else f"{change:+.2f}" for change in changes),
                ]
            )
    if not rows:
        return []
    whose = ["environment", "group", "seed"]
    influences = [f"a flipped bit changes the action {how}" for how in _INFLUENCES]
    heading = [*whose, *influences, "send rate", *(f"return if {name}" for name in ablations)]
    explanation = (
        "Changes of the return on the same games when messages are tampered with; the whole "
        "analysis is in each run's communication.json."
    )
    return [Section("Messages", [Table([heading, *rows]), Text(explanation)])]


def _runs(cells: Sequence[Cell]) -> Section:
    commands = [
        score.run.command or f"# run {score.run.id}: its command was not recorded"
        for cell in cells
        for score in cell.scores
    ]
    return Section("Commands that made the runs", [Code(list(dict.fromkeys(commands)))])


def _settings(cells: Sequence[Cell]) -> Section:
    columns = {f"{cell.group}; {cell.environment}": settings(cell.scores[0].run) for cell in cells}
    keys = sorted({key for own in columns.values() for key in own})
    rows = [["setting", *columns]]
    rows += [[key, *(str(own.get(key, "")) for own in columns.values())] for key in keys]
    return Section("Settings", [Table(rows)])


def _scores(cells: Sequence[Cell]) -> str:
    rows: list[list[object]] = [
        ["environment", "group", "run", "seed", "return_mean", "return_sd", "episodes", "evaluated"]
    ]
    for cell in cells:
        for score in cell.scores:
            run = score.run
            measured = [f"{score.mean:.4f}", f"{score.sd:.4f}", score.episodes]
            whose = [cell.environment, cell.group, run.id, run.columns["seed"]]
            rows.append([*whose, *measured, score.is_evaluated])
    return _csv(rows)


def _curves(cells: Sequence[Cell]) -> str:
    rows: list[list[object]] = [["environment", "group", "run", "seed", "step", "return_mean"]]
    for cell in cells:
        for score in cell.scores:
            whose = [cell.environment, cell.group, score.run.id, score.run.columns["seed"]]
            for step, value in zip(*score.curve, strict=True):
                rows.append([*whose, int(step), f"{value:.3f}"])
    return _csv(rows)


def _csv(rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
