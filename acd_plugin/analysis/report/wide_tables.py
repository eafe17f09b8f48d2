"""Tables that fit a page: turned where that is narrower, and split where it is not enough."""

from __future__ import annotations

from collections.abc import Sequence

WIDEST = 7  # columns beside those that say what a row is about

Rows = Sequence[Sequence[str]]


def narrow(rows: Rows) -> Rows:
    """Return the table, turned when it is too wide and has fewer rows than columns."""
    if len(rows[0]) - 1 > WIDEST and len(rows) < len(rows[0]):
        return [list(column) for column in zip(*rows, strict=True)]
    return rows


def split(rows: Rows, labels: int) -> list[Rows]:
    """Return the table in parts of `WIDEST` columns at most, each after the ``labels`` first."""
    columns = len(rows[0]) - labels
    parts = -(-columns // WIDEST)
    if parts <= 1:
        return [rows]
    size = -(-columns // parts)  # of like width, not a full one and a rest
    starts = range(labels, len(rows[0]), size)
    return [[[*row[:labels], *row[start : start + size]] for row in rows] for start in starts]
