"""Who is ahead in one environment, and what a test says about it.

That a group is ahead of all others takes a test against each of them, all of which must say so;
such tests need no correction for their number (Berger 1982, "Multiparameter hypothesis testing and
acceptance sampling").
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from acd_plugin.analysis.report.scores import Cell
from acd_plugin.analysis.statistics import LEVEL, rank_test


class Rival(NamedTuple):
    """Another group than the leader."""

    cell: Cell
    p_value: float | None  # of the two-sided Mann-Whitney test; None where a group has one run

    @property
    def is_beaten(self) -> bool:
        """Whether the test says so."""
        return self.p_value is not None and self.p_value < LEVEL


class Ranking(NamedTuple):
    """The group with the highest mean of those with several runs, and the others, best first."""

    leader: Cell
    rivals: Sequence[Rival]

    @property
    def best(self) -> Cell | None:
        """The leader where it is ahead of every other by the tests, else None."""
        return self.leader if self.rivals and all(one.is_beaten for one in self.rivals) else None


def ranking(cells: Sequence[Cell]) -> Ranking:
    """Rank the groups of one environment."""
    ordered = sorted(cells, key=lambda cell: (len(cell.scores) < 2, -cell.mean))
    leader, others = ordered[0], sorted(ordered[1:], key=lambda cell: -cell.mean)
    return Ranking(leader, [Rival(cell, _p_value(leader, cell)) for cell in others])


def _p_value(first: Cell, second: Cell) -> float | None:
    if min(len(first.scores), len(second.scores)) < 2:
        return None
    return rank_test(first.means, second.means)
