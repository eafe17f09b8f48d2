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
_IN_A_ROW = 3  # tests, which do not all pass a threshold by chance
_NOTHING = 1e-9  # of a return: below that two means are equal
_SEES = "env_args.sees"
# Values of ``message_content`` that tell nothing of the game: such messages are worth nothing.
WITHOUT_CONTENT = ("always_0", "always_1", "self_send", "shuffled")


@dataclass(frozen=True)
class Gap:
    """Two groups without messages that differ by what their agents see, and those beside them."""

    silent: Cell
    seeing: Cell
    others: Sequence[Cell]  # in the same game, who see what the silent see, trained as long

    @property
    def size(self) -> float:
        return self.seeing.mean - self.silent.mean

    @property
    def is_open(self) -> bool:
        """Whether who sees everything is ahead at all."""
        return self.size > _NOTHING * max(1.0, abs(self.silent.mean))

    @property
    def is_apart(self) -> bool:
        """Whether it is ahead with the 95% intervals of the IQMs apart: else there is no share."""
        seeing, silent = self.seeing.summary.interval, self.silent.summary.interval
        if seeing is None or silent is None:
            return False
        return self.is_open and seeing.low > silent.high

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

    def steps_past_half(self, cell: Cell) -> list[float | None]:
        """Return for each run the step of the first of three tests in a row past half the gap.

        None of a run whose last policy does not close half of it, however its tests did.
        """
        found = []
        for score, share in zip(cell.scores, self.shares(cell), strict=True):
            steps, is_past = score.curve.steps, score.curve.values > self.half
            firsts = (n for n in range(len(steps)) if is_past[n : n + _IN_A_ROW].all())
            first = next(firsts, len(steps) - 1)
            found.append(float(steps[first]) if share > 1 / 2 else None)
        return found

    def shares(self, cell: Cell) -> Array:
        """Return the share of the gap that each run (R,) closes, if it `is_apart`."""
        found: Array = (cell.means - self.silent.mean) / self.size
        return found

    def share_interval(self, cell: Cell) -> Interval | None:
        """Return the 95% bootstrap interval of the mean share; None of a single run."""
        groups = (cell, self.silent, self.seeing)
        if len(cell.scores) < 2:
            return None
        return bootstrap_interval([one.means for one in groups], _mean_share)

    def from_silence(self, cell: Cell) -> Interval | None:
        """Return the interval of `equivalence_interval` from silence; None of a single run."""
        if min(len(cell.scores), len(self.silent.scores)) < 2:
            return None
        return equivalence_interval(cell.means, self.silent.means)

    def is_level_with_silence(self, cell: Cell) -> bool:
        """Whether two one-sided tests show that they differ by less than `MARGIN` of the gap."""
        interval, margin = self.from_silence(cell), MARGIN * self.size
        return interval is not None and -margin < interval.low and interval.high < margin


def _mean_share(group: Array, silent: Array, seeing: Array, axis: int = -1) -> Array:
    below = silent.mean(axis=axis)
    share: Array = (group.mean(axis=axis) - below) / (seeing.mean(axis=axis) - below)
    return share


def gaps(cells: Sequence[Cell]) -> list[Gap]:
    """Return the gap of every pair of groups without messages that only sight tells apart."""
    found = []
    for seeing in cells:
        if _talks(seeing) or _sees(seeing) != "team":
            continue
        for silent in cells:
            if silent is not seeing and _but_for_sight(silent) == _but_for_sight(seeing):
                beside = [cell for cell in cells if _place(cell) == _place(silent)]
                others = [
                    cell for cell in beside if cell is not silent and _sees(cell) == _sees(silent)
                ]
                found.append(Gap(silent, seeing, others))
    return found


def bits_sent(cell: Cell) -> float:
    """Return the mean over runs of the bits that were sent in a game; nan if not known of all."""
    return float(np.mean([score.bits_sent for score in cell.scores]))


def _sees(cell: Cell) -> object:
    return cell.scores[0].run.settings.get(_SEES)


def _talks(cell: Cell) -> bool:
    return talks(cell.scores[0].run.config)


def _content(cell: Cell) -> object:
    return cell.scores[0].run.config.get("message_content") if _talks(cell) else None


def _place(cell: Cell) -> tuple[str, str]:
    return cell.environment, length_of(cell.scores[0].run)


def _but_for_sight(cell: Cell) -> Hashable:
    found = cell.scores[0].run.settings.items()
    return _place(cell), frozenset((key, value) for key, value in found if key != _SEES)
