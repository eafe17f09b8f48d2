"""Train x test: how runs do in variants of the environment that they were trained in.

A variant is known by the values of the settings that any evaluation changes (the keys), those of
training among them, so that rows that were trained on different values share their columns.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from acd_plugin.analysis.report.scores import Cell, Score
from acd_plugin.analysis.runs.groups import OF_THE_GAME
from acd_plugin.analysis.runs.run_record import RunRecord
from acd_plugin.analysis.statistics import Array, Interval, mean_interval
from acd_plugin.configuration.nested import flat, value_at, written
from acd_plugin.tracking.evaluations import Evaluation

_PREFIX = "env_args."
_SAME_FOR_ALL = ("rules", "plugins")  # of a game's contents: nothing is played with other ones
Values = tuple[str, ...]  # of the keys, in their order, as they are written


@dataclass(frozen=True)
class Row:
    """What was trained: the runs of one group, which differ only by their seed."""

    cell: Cell
    home: Values  # in training
    means: Mapping[int, Mapping[Values, float]]  # mean returns by seed and by what was played

    @property
    def played(self) -> set[Values]:
        """What any of the runs has played."""
        return {column for own in self.means.values() for column in own}

    def scores(self, column: Values) -> Array:
        """Return the mean returns of the runs (R,) that have played it, in the order of seeds."""
        return np.array([own[column] for own in self.means.values() if column in own])

    def drops(self, columns: Sequence[Values]) -> Array:
        """Return how much lower than at home the runs (R,) return, on the mean of the columns.

        Only those count that have played all of it.
        """
        wanted = {self.home, *columns}
        complete = [own for own in self.means.values() if own.keys() >= wanted]
        return np.array([own[self.home] - np.mean([own[c] for c in columns]) for own in complete])


@dataclass(frozen=True)
class Matrix:
    """Rows of what was trained, columns of what was played; of one game, but for the keys."""

    keys: Sequence[str]
    rows: Sequence[Row]

    @cached_property
    def columns(self) -> list[Values]:
        """What any row has played, first the variants that rows were trained in."""
        played = (column for row in self.rows for own in row.means.values() for column in own)
        return list(dict.fromkeys([*(row.home for row in self.rows), *played]))

    def away(self, row: Row) -> list[Values]:
        """Return what a row has played besides its own game, in the order of the columns."""
        return [column for column in self.columns if column in row.played - {row.home}]

    def name(self, row: Row) -> str:
        """Return what a row is called: its group, and on what it was trained where that differs."""
        environments = {other.cell.environment for other in self.rows}
        where = f" on {row.cell.environment}" if len(environments) > 1 else ""
        return f"{row.cell.group}{where}"

    def label(self, column: Values) -> str:
        """Return in what a column differs from training, and all values that rows differ in."""
        parts = []
        for place, (key, value) in enumerate(zip(self.keys, column, strict=True)):
            homes = {row.home[place] for row in self.rows}
            if homes != {value}:
                parts.append(f"{short(key)}={value}")
        return ", ".join(parts) or "as trained"


def short(key: str) -> str:
    """Return a key as tables show it."""
    return key.removeprefix(_PREFIX)


def interval_of(values: Array) -> Interval | None:
    """Return the interval of the mean of values (R,), None for fewer than two."""
    return mean_interval(values) if len(values) > 1 else None


def matrices(cells: Sequence[Cell], problems: list[str]) -> list[Matrix]:
    """Return a matrix for all groups that play one game but for what evaluations change.

    Groups that were played only as they were trained are in none, unless others of their game were.
    What was not played on the same content as the others joins the problems.
    """
    keys = _keys(cells)
    families: dict[Hashable, list[Cell]] = {}
    for cell in cells:
        families.setdefault(_game_without(keys, cell.scores[0].run), []).append(cell)
    return [_matrix(same, keys, problems) for same in families.values() if _keys(same)]


def _keys(cells: Iterable[Cell]) -> list[str]:
    evaluations = (done for cell in cells for score in cell.scores for done in score.elsewhere)
    return list(dict.fromkeys(key for done in evaluations for key in _changed(done)))


def _changed(done: Evaluation) -> dict[str, str]:
    pairs = (override.partition("=") for override in done.overrides)
    return {key: value for key, _, value in pairs}


def _game_without(keys: Sequence[str], run: RunRecord) -> Hashable:
    """Return what defines a run's game beside the keys, and beside the contents that they name."""
    named = {key.replace(_PREFIX, "game.", 1) for key in keys} | {"env_args.scenario"}
    return frozenset(
        (key, value)
        for key, value in run.settings.items()
        if key.startswith(OF_THE_GAME) and not any(_is_in(key, one) for one in (*keys, *named))
    )


def _is_in(key: str, outer: str) -> bool:
    return key == outer or key.startswith(f"{outer}.")


def _matrix(cells: Sequence[Cell], of_all: Sequence[str], problems: list[str]) -> Matrix:
    configs = [cell.scores[0].run.config for cell in cells]
    settings = [flat(config, keep_empty=True) for config in configs]
    has = {key: [any(_is_in(one, key) for one in own) for own in settings] for key in of_all}
    homes = {key: _homes([value_at(one, key) for one in configs], has[key]) for key in of_all}
    keys = [key for key in of_all if key in _keys(cells) or len(set(homes[key])) > 1]
    contents: dict[Values, dict[str, str]] = {}
    rows = []
    for place, cell in enumerate(cells):
        home = tuple(homes[key][place] for key in keys)
        means = {
            score.run.seed: _means(score, keys, home, contents, problems) for score in cell.scores
        }
        rows.append(Row(cell, home, means))
    return Matrix(keys, rows)


def _homes(values: Sequence[object], has: Sequence[bool]) -> list[str]:
    """Return a setting's values in training, as they are written, of those who have it.

    Who has no such setting (one of messages, without messages) plays the same whatever it is: what
    the others were trained on is its home, too, where they agree.
    """
    known = {written(value) for value, is_set in zip(values, has, strict=True) if is_set}
    shared = known.pop() if len(known) == 1 else written(None)
    return [written(value) if is_set else shared for value, is_set in zip(values, has, strict=True)]


def _means(
    score: Score,
    keys: Sequence[str],
    home: Values,
    contents: dict[Values, dict[str, str]],
    problems: list[str],
) -> dict[Values, float]:
    """Return a run's mean returns by what was played; ``contents`` are what each was made of."""
    found: dict[Values, float] = {}
    for played, game, mean in _played(score, keys, home):
        content = {name: value for name, value in game.items() if name not in _SAME_FOR_ALL}
        if content and contents.setdefault(played, content) != content:
            what = ", ".join(
                f"{short(key)}={value}" for key, value in zip(keys, played, strict=True)
            )
            problems.append(
                f"run {score.run.id}: its evaluation with {what} is left out, others of that name "
                "played another content"
            )
        else:
            found.setdefault(played, mean)
    return found


def _played(
    score: Score, keys: Sequence[str], home: Values
) -> Iterator[tuple[Values, Mapping[str, str], float]]:
    """Yield what a run has played, what that was made of, and the mean return."""
    if score.is_evaluated:
        yield home, score.run.config.get("game") or {}, score.mean
    for done in score.elsewhere:
        changed = _changed(done)
        values = tuple(changed.get(key, own) for key, own in zip(keys, home, strict=True))
        if values != home:
            yield values, done.game, done.return_mean
