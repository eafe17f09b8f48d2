"""The scores as a table for LaTeX, in the style of the package booktabs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from acd_plugin.analysis.curves.axis_words import in_words
from acd_plugin.analysis.curves.comparison import Comparison
from acd_plugin.analysis.ranking import Ranking
from acd_plugin.analysis.report.scores import Cell
from acd_plugin.analysis.statistics import Interval, Summary

_ESCAPED = {
    **{letter: f"\\{letter}" for letter in "&%$#_{}"},
    "[": "{[}",  # which at the beginning of a row would be an option of the one before
    **{"~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "\\": "\\textbackslash{}"},
}
_LABEL = "p{0.28\\linewidth}"  # breaks long names
_AHEAD = "ahead of every other by a two-sided Mann-Whitney test at the 5\\% level"


class Measure(NamedTuple):
    """How a cell of the table sums up its runs."""

    words: str
    formula: Callable[[Summary], str]  # in mathematics
    columns: int  # for so many of which a page has room


def _mean_and_sd(found: Summary) -> str:
    spread = "" if found.interval is None else f" \\pm {found.sd:.2f}"
    return f"{found.mean:.2f}{spread}"


def with_interval(value: float, ends: Interval | None) -> str:
    """Return a value with its interval, if it has one, in mathematics."""
    spread = "" if ends is None else f"\\ [{ends.low:.2f}, {ends.high:.2f}]"
    return f"{value:.2f}{spread}"


def _iqm_and_interval(found: Summary) -> str:
    return with_interval(found.iqm, found.interval)


MEASURES = {
    "scores_mean_sd": Measure("mean $\\pm$ standard deviation over runs", _mean_and_sd, 4),
    "scores_iqm": Measure(
        "interquartile mean over runs with its 95\\% bootstrap interval", _iqm_and_interval, 3
    ),
}


def latex_table(
    name: str, inside: Mapping[str, Sequence[Cell]], rankings: Mapping[str, Ranking[Cell]]
) -> str:
    """Return the table of a name in `MEASURES`: groups and environments, the fewer as columns."""
    measure = MEASURES[name]
    groups = list(dict.fromkeys(cell.group for cells in inside.values() for cell in cells))
    rows = [["", *map(escaped, inside)]]
    for group in groups:
        row = [escaped(group)]
        for environment, cells in inside.items():
            found = next((cell for cell in cells if cell.group == group), None)
            best = rankings[environment].best
            is_best = bool(best and found and best.scores is found.scores)
            row.append("" if found is None else _told(found, measure, is_best))
        rows.append(row)
    if len(rows[0]) > len(rows):
        rows = [list(column) for column in zip(*rows, strict=True)]
    starts = range(1, len(rows[0]), measure.columns)
    parts = [_tabular(rows, slice(start, start + measure.columns)) for start in starts]
    runs = sorted({len(cell.scores) for cells in inside.values() for cell in cells})
    many = "--".join(str(number) for number in dict.fromkeys((runs[0], runs[-1])))
    caption = (
        f"Mean return per greedy game of the last policies: {measure.words} ({many} runs each). "
        f"Bold: {_AHEAD}."
    )
    return _table(name, caption, parts)


def comparison_table(comparison: Comparison) -> str:
    """Return the ends of the groups' learning curves as a table."""
    best = comparison.best()
    rows = [["", "runs", "game steps", escaped(comparison.centre), "95\\% interval"]]
    for group in comparison.groups:
        over = group.band
        centre = f"{over.centre[-1]:.2f}"
        told = f"$\\mathbf{{{centre}}}$" if group.name == best else f"${centre}$"
        interval = f"$[{over.low[-1]:.2f}, {over.high[-1]:.2f}]$"
        steps = f"{over.steps[-1]:,.0f}"
        rows.append([escaped(group.name), str(over.runs), steps, told, interval])
    caption = f"{escaped(in_words(comparison.metric))} at the end of training, over runs."
    if best is not None:
        caption += f" Bold: {_AHEAD}."
    return _table("comparison", caption, [_tabular(rows, slice(1, None))])


def matrix_table(name: str, caption: str, rows: Sequence[Sequence[str]], columns: int) -> str:
    """Return a table, in parts of so many columns after the first.

    The first row and column are texts, the cells are LaTeX.
    """
    heading, *others = rows
    told = [[escaped(label) for label in heading]]
    told += [[escaped(label), *cells] for label, *cells in others]
    starts = range(1, len(told[0]), columns)
    parts = [_tabular(told, slice(start, start + columns)) for start in starts]
    return _table(name, caption, parts)


def _table(name: str, caption: str, parts: Sequence[str]) -> str:
    lines = [
        "% \\usepackage{booktabs}",
        "\\begin{table}",
        "\\centering\\small",
        f"\\caption{{{caption}}}",
        f"\\label{{tab:{name}}}",
        "\n\\bigskip\n\n".join(parts),
        "\\end{table}",
    ]
    return "\n".join(lines) + "\n"


def _told(cell: Cell, measure: Measure, is_best: bool) -> str:
    formula = measure.formula(cell.summary)
    return f"$\\mathbf{{{formula}}}$" if is_best else f"${formula}$"


def _tabular(rows: Sequence[Sequence[str]], columns: slice) -> str:
    """Return these columns after the first; a row that has nothing in them is left out."""
    heading, *others = ([row[0], *row[columns]] for row in rows)
    lines = [f"\\begin{{tabular}}{{{_LABEL}{'r' * (len(heading) - 1)}}}", "\\toprule"]
    lines += [f"{' & '.join(heading)} \\\\", "\\midrule"]
    lines += [f"{' & '.join(row)} \\\\" for row in others if any(row[1:])]
    return "\n".join([*lines, "\\bottomrule", "\\end{tabular}"])


def escaped(words: str) -> str:
    """Return a text in which LaTeX sees no commands."""
    return re.sub(r"[&%$#_{}~^\\[]", lambda found: _ESCAPED[found[0]], words)
