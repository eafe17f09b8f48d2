"""Tables that fit a page: turned where that is narrower, and split where it is not enough."""

from __future__ import annotations

from collections.abc import Sequence

WIDEST = 7  # columns beside those that say what a row is about
_LETTERS = 115  # in a line of a page; a table is at least as wide as its columns' longest words
_GAP = 2  # between columns, in letters
_LONGEST = 40  # letters of a word that count: what is longer fits nowhere

Rows = Sequence[Sequence[str]]


def narrow(rows: Rows) -> Rows:
    """Return the table, turned when it is too wide and has fewer rows than columns."""
    if len(rows) < len(rows[0]) and len(split(rows, 1)) > 1:
        return [list(column) for column in zip(*rows, strict=True)]
    return rows


def split(rows: Rows, labels: int) -> list[Rows]:
    """Return the table in parts that fit a page, each after the ``labels`` first columns.

    A part has `WIDEST` columns at most.
    """
    columns = len(rows[0]) - labels
    if columns <= 1:
        return [rows]
    widths = [_width(column) for column in zip(*rows, strict=True)]
    room = _LETTERS - sum(widths[:labels])
    fewest = -(-columns // WIDEST)
    for parts in range(fewest, columns + 1):
        size = -(-columns // parts)  # of like width, not a full one and a rest
        starts = range(labels, len(rows[0]), size)
        if size == 1 or all(sum(widths[start : start + size]) <= room for start in starts):
            break
    if len(starts) == 1:
        return [rows]
    return [[[*row[:labels], *row[start : start + size]] for row in rows] for start in starts]


def _width(column: Sequence[str]) -> int:
    """Return how many letters a column needs at least: its longest word's."""
    longest = max((len(word) for cell in column for word in cell.split()), default=0)
    return min(longest, _LONGEST) + _GAP
