"""What a report says about runs in variants of their environment: tables, picture, sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from acd_plugin.analysis.curves.heat_map import heat_map
from acd_plugin.analysis.report.document import Block, Picture, Section, Table, Text, file_names
from acd_plugin.analysis.report.enumeration import enumerated
from acd_plugin.analysis.report.generalisation import Matrix, Row, Values, interval_of, short
from acd_plugin.analysis.report.latex import matrix_table, with_interval
from acd_plugin.analysis.report.wide_tables import narrow
from acd_plugin.analysis.statistics import Interval, interquartile_mean, summarise

_MOST_NAMED = 6  # rows in one sentence
_ATTACKER = "env_args.attacker"
_EXPLANATION = (
    "Rows are what was trained, columns what was played, the same games for all; a table that "
    "would be too wide is turned. Returns: interquartile mean over runs with its 95% bootstrap "
    "interval, as under Results; in brackets the game of training. Drop from home: mean over runs "
    "of the return in the game of training less that of the same run in what was played, with a "
    "95% bootstrap interval, which is too narrow with few runs. A game may be harder or easier "
    "than another in itself, so that a drop alone is no failure: how well it can be played tells "
    "who was trained on it. Who has played nothing but the game of training has no row of drops."
)
# Why a cell has no number.
_HOME, _NOT_PLAYED, _UNKNOWN = "home", "not played", "home not played"


_LOST = (
    "Lost: the mean return in a run's own game less that of the same run there, on the mean of "
    "what is named; in brackets a 95% bootstrap interval over runs."
)


class _Measured(NamedTuple):
    """What a cell of a table holds."""

    value: float
    interval: Interval | None  # None of one run
    is_home: bool  # of the game of training


def generalisation_findings(found: Sequence[Matrix]) -> list[str]:
    """Return for a report's first page what is lost elsewhere, and what that means."""
    told = [
        f"{_title(matrix)}: {sentence[0].lower()}{sentence[1:]}" if len(found) > 1 else sentence
        for matrix in found
        for sentence in sentences(matrix)
    ]
    return [*told, _LOST] if told else []


def generalisation(found: Sequence[Matrix]) -> list[Section]:
    """Return the section on the matrices, none if there are none."""
    blocks: list[Block] = []
    files = file_names([_title(matrix) for matrix in found])
    for matrix, file in zip(found, files.values(), strict=True):
        if len(found) > 1:
            blocks.append(Text(f"{_title(matrix)}:"))
        name = f"generalisation_{file}" if len(found) > 1 else "generalisation"
        title = f"mean return by what was trained and what was played, {_title(matrix)}"
        blocks += [
            Picture(name, title, _picture(matrix)),
            Table(narrow(_table(matrix, "IQM of the return", _score, _in_words))),
            Table(narrow(_table(matrix, "drop from home", _drop, _in_words))),
        ]
    return [Section("Trained and played", [*blocks, Text(_EXPLANATION)])] if blocks else []


def sentences(matrix: Matrix) -> list[str]:
    """Return what is lost where only one setting is other than in training; else on the whole."""
    told = [one for place in range(len(matrix.keys)) for one in _on_other_values(matrix, place)]
    if not told:
        losses = [loss for row in matrix.rows if (loss := _loss(matrix, row, matrix.away(row)))]
        told = [f"In all variants together: {_listed(losses)}."] if losses else []
    return told


def generalisation_rows(found: Sequence[Matrix]) -> list[list[object]]:
    """Return every run's result in everything that it has played, with a heading."""
    keys = list(dict.fromkeys(key for matrix in found for key in matrix.keys))
    rows: list[list[object]] = [
        ["environment", "group", "seed", *map(short, keys), "is_home", "return_mean", "drop"]
    ]
    for matrix in found:
        for row in matrix.rows:
            for seed, own in row.means.items():
                home = own.get(row.home)
                for column, mean in own.items():
                    values = dict(zip(matrix.keys, column, strict=True))
                    drop = "" if home is None else f"{home - mean:.4f}"
                    whose = [row.cell.environment, row.cell.group, seed]
                    played = [values.get(key, "") for key in keys]
                    rows.append([*whose, *played, column == row.home, f"{mean:.4f}", drop])
    return rows


def generalisation_latex(found: Sequence[Matrix]) -> str:
    """Return the matrices as tables for LaTeX, the returns and the drops of each."""
    tables = []
    for number, matrix in enumerate(found, 1):
        label = f"_{number}" if len(found) > 1 else ""
        for name, what, measured, mark in (
            (
                "generalisation",
                "Interquartile mean return with its 95\\% bootstrap interval",
                _score,
                " Underlined: the game of training.",
            ),
            (
                "generalisation_drop",
                "Drop of the mean return from training's game, with its 95\\% bootstrap interval",
                _drop,
                "",
            ),
        ):
            caption = f"{what}: what was trained (rows) in what was played (columns), over runs."
            rows = _table(matrix, "", measured, _in_mathematics)
            tables.append(matrix_table(name + label, caption + mark, rows, 3))
    return "\n".join(tables)


def _title(matrix: Matrix) -> str:
    return enumerated(list(dict.fromkeys(row.cell.environment for row in matrix.rows)))


def _table(
    matrix: Matrix,
    corner: str,
    measured: Callable[[Row, Values], _Measured | str],
    told: Callable[[_Measured], str],
) -> list[list[str]]:
    rows = [[corner, *map(matrix.label, matrix.columns)]]
    for row in matrix.rows:
        found = [measured(row, column) for column in matrix.columns]
        cells = [one if isinstance(one, str) else told(one) for one in found]
        if set(cells) - {_HOME, _NOT_PLAYED}:
            rows.append([matrix.name(row), *cells])
    return rows


def _score(row: Row, column: Values) -> _Measured | str:
    scores = row.scores(column)
    if not len(scores):
        return _NOT_PLAYED
    found = summarise(scores)
    return _Measured(found.iqm, found.interval, column == row.home)


def _drop(row: Row, column: Values) -> _Measured | str:
    if column == row.home:
        return _HOME
    drops = row.drops([column])
    if not len(drops):
        return _UNKNOWN if len(row.scores(column)) else _NOT_PLAYED
    return _Measured(float(drops.mean()), interval_of(drops), is_home=False)


def _in_words(found: _Measured) -> str:
    told = f"{found.value:.2f} ({_spread(found.interval)})"
    return f"[{told}]" if found.is_home else told


def _in_mathematics(found: _Measured) -> str:
    formula = with_interval(found.value, found.interval)
    return f"$\\underline{{{formula}}}$" if found.is_home else f"${formula}$"


def _spread(ends: Interval | None) -> str:
    return "one run" if ends is None else ends.in_words


def _picture(matrix: Matrix) -> dict[str, bytes]:
    scores = [[row.scores(column) for column in matrix.columns] for row in matrix.rows]
    values = np.array(
        [[float(interquartile_mean(one)) if len(one) else np.nan for one in row] for row in scores]
    )
    homes = [(place, matrix.columns.index(row.home)) for place, row in enumerate(matrix.rows)]
    names = [matrix.name(row) for row in matrix.rows]
    return heat_map(values, names, [*map(matrix.label, matrix.columns)], homes).files()


def _on_other_values(matrix: Matrix, place: int) -> list[str]:
    """Return what rows lose where one key alone is other than in training, and was not met.

    Attackers count together, as do values that are too many to be told one by one.
    """
    key = matrix.keys[place]
    unmet = {
        number: [column for column in matrix.away(row) if _is_unmet(column, row.home, place)]
        for number, row in enumerate(matrix.rows)
    }
    values = {column[place] for columns in unmet.values() for column in columns}
    is_together = key == _ATTACKER or len(values) > _MOST_NAMED
    losses: dict[Values, list[str]] = {}
    for number, columns in unmet.items():
        for told in [columns] if is_together else [[column] for column in columns]:
            loss = _loss(matrix, matrix.rows[number], told)
            if loss is not None:
                losses.setdefault(tuple(column[place] for column in told), []).append(loss)
    return [f"{_where(key, of)}: {_listed(told)}." for of, told in losses.items()]


def _where(key: str, values: Values) -> str:
    listed = ", ".join(values)
    if key == _ATTACKER:
        return f"Against attackers not met in training ({listed})"
    return f"With {short(key)}={listed}, other than in training"


def _is_unmet(column: Values, home: Values, place: int) -> bool:
    """Whether a column differs from home in this place alone, by more than a part of a mixture."""
    others = [number for number in range(len(home)) if number != place]
    is_alone = all(column[number] == home[number] for number in others)
    return is_alone and not set(column[place].split("+")) <= set(home[place].split("+"))


def _loss(matrix: Matrix, row: Row, columns: Sequence[Values]) -> str | None:
    drops = row.drops(columns) if columns else np.array([])
    if not len(drops):
        return None
    change = float(drops.mean())
    verb = "loses" if change >= 0 else "gains"
    spread = _spread(interval_of(drops if change >= 0 else -drops))
    return f"{matrix.name(row)} {verb} {abs(change):.2f} ({spread})"


def _listed(losses: Sequence[str]) -> str:
    others = len(losses) - _MOST_NAMED
    return enumerated(losses[:_MOST_NAMED]) + (f" and {others} others" if others > 0 else "")
