"""Who is ahead in one environment, and what a test says about it.

That a group is ahead of all others takes a test against each of them, all of which must say so;
such tests need no correction for their number (Berger 1982, "Multiparameter hypothesis testing and
acceptance sampling").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from acd_plugin.analysis.statistics import LEVEL, Array, rank_test

GroupT = TypeVar("GroupT")


@dataclass(frozen=True)
class Rival(Generic[GroupT]):
    """Another group than the leader."""

    group: GroupT
    p_value: float | None  # of the two-sided Mann-Whitney test; None where a group has one run

    @property
    def is_beaten(self) -> bool:
        """Whether the test says so."""
        return self.p_value is not None and self.p_value < LEVEL


@dataclass(frozen=True)
class Ranking(Generic[GroupT]):
    """The group with the highest mean of those with several runs, and the others, best first."""

    leader: GroupT
    rivals: Sequence[Rival[GroupT]]

    @property
    def best(self) -> GroupT | None:
        """The leader where it is ahead of every other by the tests, else None."""
        return self.leader if self.rivals and all(one.is_beaten for one in self.rivals) else None


def ranking(groups: Sequence[GroupT], scores: Callable[[GroupT], Array]) -> Ranking[GroupT]:
    """Rank groups, each by the ``scores`` of its runs (R,)."""
    by_mean = sorted(groups, key=lambda group: -float(scores(group).mean()))
    leader = next((group for group in by_mean if len(scores(group)) > 1), by_mean[0])
    others = [group for group in by_mean if group is not leader]
    own = scores(leader)
    return Ranking(leader, [Rival(group, _p_value(own, scores(group))) for group in others])


def _p_value(first: Array, second: Array) -> float | None:
    return None if min(len(first), len(second)) < 2 else rank_test(first, second)
