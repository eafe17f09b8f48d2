"""The tables of a report on what groups of runs achieved in one environment."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np

from acd_plugin.analysis.curves.learning_curve import (
    change_at_the_end,
    games_until,
    steps_to_reach,
)
from acd_plugin.analysis.report.document import Table, Text
from acd_plugin.analysis.report.scores import Cell, Score
from acd_plugin.analysis.report.wide_tables import narrow
from acd_plugin.analysis.statistics import Interval, contrast

_MOST_PAIRED = 12  # groups of which every pair is compared
_SHARE_OF_THE_WAY = 0.9  # a threshold: this far from the first test to the best group's last score


def overview(cells: Sequence[Cell], environments: Sequence[str]) -> Table:
    """Groups times environments."""
    groups = dict.fromkeys(cell.group for cell in cells)
    found = {(cell.group, cell.environment): _iqm(cell) for cell in cells}
    rows = [["IQM of the return", *environments]]
    for group in groups:
        rows.append([group, *(found.get((group, name), "not run") for name in environments)])
    return Table(narrow(rows))


def _iqm(cell: Cell) -> str:
    interval = cell.summary.interval
    spread = "one run" if interval is None else interval.in_words
    return f"{cell.summary.iqm:.2f} ({spread})"


def results(cells: Sequence[Cell]) -> list[Table | Text]:
    """Every group's summary and every seed's own result."""
    heading = ["group", "runs", "mean", "sd over runs", "sd over games", "IQM"]
    rows = [[*heading, "95% interval of the IQM", "each seed"]]
    for cell in cells:
        found = cell.summary
        rows.append(
            [
                cell.group,
                str(len(cell.scores)),
                f"{found.mean:.2f}",
                _unless_nan(found.sd, ".2f"),
                _unless_nan(cell.sd_over_games, ".2f"),
                f"{found.iqm:.2f}",
                _told(found.interval),
                ", ".join(_of_seed(score) for score in cell.scores),
            ]
        )
    explanation = (
        "Return of each seed's last policy; a * marks those that come from the last test of "
        "training instead of an evaluation of their own. The sd over games is that of one policy's "
        "games, the mean over runs."
    )
    return [Table(rows), Text(explanation)]


def _of_seed(score: Score) -> str:
    mark = "" if score.is_evaluated else "*"
    return f"{score.run.seed}: {score.mean:.2f}{mark}"


def speed(cells: Sequence[Cell]) -> list[Table | Text]:
    """How many games each run needed to come most of the way, and whether it has settled."""
    best = max(cells, key=lambda cell: cell.mean)
    start = _first_test(cells)
    threshold = start + _SHARE_OF_THE_WAY * (best.mean - start)
    highest = max(start, _first_test([best]))
    is_reached = best.mean > highest
    games = [f"games until a test first returns {threshold:.2f}"] if is_reached else []
    rows = [["group", *games, "change at the end"]]
    for cell in cells:
        needed = [", ".join(_games(score, threshold) for score in cell.scores)] * is_reached
        ends = [change_at_the_end(score.curve) for score in cell.scores]
        changes = [_unless_nan(end, "+.2f") or "unknown" for end in ends]
        rows.append([cell.group, *needed, ", ".join(changes)])
    told = (
        f"The threshold is {_SHARE_OF_THE_WAY:.0%} of the way from the first test to the best "
        "group's result."
        if is_reached
        else f"How soon runs come near the best group's result ({best.mean:.2f}) is not told: it "
        f"is no higher than the first tests ({highest:.2f})."
    )
    explanation = (
        f"{told} Change at the end: mean test of the last fifth of training less that of the fifth "
        "before; near 0 when training has settled. For each seed."
    )
    return [Table(rows), Text(explanation)]


def _first_test(cells: Sequence[Cell]) -> float:
    """Return what runs return before they have learned much, the median of these groups'."""
    return float(np.median([score.curve.values[0] for cell in cells for score in cell.scores]))


def _games(score: Score, threshold: float) -> str:
    steps = steps_to_reach(score.curve, threshold)
    if steps is None:
        return "never"
    games = games_until(score.run, steps)
    return "unknown" if games is None else f"{games:,.0f}"


def contrasts(cells: Sequence[Cell]) -> list[Table | Text]:
    """Every pair of groups, of many the best with each; nothing when there is only one."""
    if len(cells) < 2:
        return []
    heading = ["first", "second", "difference", "probability that the first is higher"]
    rows = [[*heading, "95% interval", "p"]]
    for first, second in _pairs(cells):
        found = contrast(first.means, second.means)
        measured = [f"{found.difference:+.2f}", f"{found.probability:.2f}", _told(found.interval)]
        p_value = "" if found.p_value is None else f"{found.p_value:.3f}"
        rows.append([first.group, second.group, *measured, p_value])
    explanation = (
        "Difference of the mean returns; probability that a run of the first group ends higher "
        "than one of the second, with a bootstrap interval; p of the two-sided Mann-Whitney test. "
        "With few runs the interval is too narrow, and p says what they can tell: three against "
        "three cannot get below 0.1, five against five not below 0.008. The pairs are not "
        "corrected for their number."
    )
    return [Table(rows), Text(explanation)]


def _pairs(cells: Sequence[Cell]) -> list[tuple[Cell, Cell]]:
    if len(cells) <= _MOST_PAIRED:
        return list(combinations(cells, 2))
    best = max(cells, key=lambda cell: cell.mean)
    return [(best, cell) for cell in cells if cell is not best]


def _unless_nan(value: float, form: str) -> str:
    return "" if math.isnan(value) else format(value, form)


def _told(interval: Interval | None) -> str:
    return "" if interval is None else interval.in_words
