"""What there is to say in a game, and how much of it is said.

Without messages a team that sees everything (``env_args.sees=team``) is ahead of one whose agents
see their own part alone. Where all else is equal the difference of their mean returns is the gap:
it is what messages could be worth. Groups are measured by the share of it that they close.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from acd_plugin.analysis.report.scores import Cell
from acd_plugin.analysis.runs.groups import length_of
from acd_plugin.analysis.statistics import (
    Array,
    Interval,
    bootstrap_interval,
    equivalence_interval,
)
from acd_plugin.configuration.algorithm_settings import talks

MARGIN = 0.1  # of the gap: two groups that differ by less are level
_SEES = "env_args.sees"
# Values of ``message_content`` that tell nothing of the game: such messages are worth nothing.
WITHOUT_CONTENT = ("always_0", "always_1", "self_send", "shuffled")


@dataclass(frozen=True)
class Gap:
    """Two groups without messages that differ by what their agents see, and all beside them."""

    silent: Cell
    seeing: Cell
    others: Sequence[Cell]  # in the same game, trained as long

    @property
    def size(self) -> float:
        return self.seeing.mean - self.silent.mean

    @property
    def is_open(self) -> bool:
        """Whether who sees everything is ahead: else there is nothing to say, and no share."""
        return self.size > 0

    @property
    def is_apart(self) -> bool:
        """Whether who sees everything is ahead, the 95% intervals of the IQMs apart."""
        seeing, silent = self.seeing.summary.interval, self.silent.summary.interval
        return seeing is not None and silent is not None and seeing.low > silent.high

    @property
    def controls(self) -> list[Cell]:
        """The groups whose messages tell nothing."""
        return [cell for cell in self.others if _content(cell) in WITHOUT_CONTENT]

    @property
    def told(self) -> list[Cell]:
        """The groups that are told what the game's author wrote down."""
        return [cell for cell in self.others if _content(cell) == "broadcast"]

    @property
    def talkers(self) -> list[Cell]:
        """The groups that learn what to say."""
        return [cell for cell in self.others if _talks(cell) and _content(cell) == "learned"]

    @property
    def half(self) -> float:
        """The return half-way from silence to seeing everything."""
        return (self.silent.mean + self.seeing.mean) / 2

    def shares(self, cell: Cell) -> Array:
        """Return the share of the gap that each run (R,) closes."""
        found: Array = (cell.means - self.silent.mean) / self.size
        return found

    def share_interval(self, cell: Cell) -> Interval | None:
        """Return the 95% bootstrap interval of the mean share.

        None of a single run, and where the gap may be nothing, so that resamples have no share.
        """
        groups = (cell, self.silent, self.seeing)
        if len(cell.scores) < 2 or not self.is_apart:
            return None
        return bootstrap_interval([one.means for one in groups], _mean_share)

    def from_silence(self, cell: Cell) -> Interval | None:
        """Return the interval of `equivalence_interval` from silence; None of a single run."""
        if min(len(cell.scores), len(self.silent.scores)) < 2:
            return None
        return equivalence_interval(cell.means, self.silent.means)

    def is_level_with_silence(self, cell: Cell) -> bool:
        """Whether two one-sided tests show that the difference is less than `MARGIN` of the gap."""
        interval, margin = self.from_silence(cell), MARGIN * abs(self.size)
        return interval is not None and -margin < interval.low and interval.high < margin


def _mean_share(group: Array, silent: Array, seeing: Array, axis: int = -1) -> Array:
    below = silent.mean(axis=axis)
    share: Array = (group.mean(axis=axis) - below) / (seeing.mean(axis=axis) - below)
    return share


def gaps(cells: Sequence[Cell]) -> list[Gap]:
    """Return the gap of every pair of groups without messages that only sight tells apart."""
    found = []
    for seeing in cells:
        if not _is_silent(seeing) or seeing.scores[0].run.settings.get(_SEES) != "team":
            continue
        for silent in cells:
            if silent is not seeing and _but_for_sight(silent) == _but_for_sight(seeing):
                beside = [cell for cell in cells if _place(cell) == _place(silent)]
                others = [cell for cell in beside if cell is not silent and cell is not seeing]
                found.append(Gap(silent, seeing, others))
    return found


def bits_sent(cell: Cell) -> float:
    """Return the mean over runs of the bits that were sent in a game; nan if not known of all."""
    return float(np.mean([score.bits_sent for score in cell.scores]))


def _is_silent(cell: Cell) -> bool:
    return not _talks(cell)


def _talks(cell: Cell) -> bool:
    return talks(cell.scores[0].run.config)


def _content(cell: Cell) -> object:
    return cell.scores[0].run.config.get("message_content") if _talks(cell) else None


def _place(cell: Cell) -> tuple[str, str]:
    return cell.environment, length_of(cell.scores[0].run)


def _but_for_sight(cell: Cell) -> Hashable:
    found = cell.scores[0].run.settings.items()
    return _place(cell), frozenset((key, value) for key, value in found if key != _SEES)
