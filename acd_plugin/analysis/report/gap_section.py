"""What a report says about games in which it may pay to talk: sentences, tables and data."""

from __future__ import annotations

import math
from collections.abc import Sequence

from acd_plugin.analysis.curves.learning_curve import games_until
from acd_plugin.analysis.ranking import ranking
from acd_plugin.analysis.report.document import Block, Section, Table, Text
from acd_plugin.analysis.report.enumeration import enumerated
from acd_plugin.analysis.report.gap import MARGIN, Gap, bits_sent
from acd_plugin.analysis.report.scores import Cell

_TOO_FEW = 3  # runs, which no rank test at the 5% level tells from as many others
_EXPLANATION = (
    "The gap is the mean return of a team without messages that sees everything less that of one "
    "whose agents see their own part, all else being equal. Share: (mean - silent) / gap, with a "
    "95% bootstrap interval over the runs of all three groups; 0 is silence, and a message, which "
    "comes a step late, may not be able to close all of it. From silence: the difference of means "
    f"with the 90% interval of Welch's t; a group is level with silence if that lies within "
    f"{MARGIN:.0%} of the gap, which two one-sided tests at the 5% level then say. Past half: runs "
    "whose last policies close more than half of the gap, and after how many games each was there, "
    "in three tests in a row. Bits: those that were sent in a game, by the whole team, and what "
    "each was worth."
)


def gap_findings(found: Sequence[Gap]) -> list[str]:
    """Return for a report's first page whether there is something to say, and whether it is."""
    return [_findings(gap) for gap in found]


def gap_section(found: Sequence[Gap], findings: Sequence[str]) -> list[Section]:
    """Return the section on the gaps, each with its `gap_findings`; none if there are none."""
    blocks: list[Block] = []
    for gap, told in zip(found, findings, strict=True):
        blocks += [Text(told), *([_table(gap)] if gap.is_apart else [])]
    return [Section("Does it pay to talk?", [*blocks, Text(_EXPLANATION)])] if blocks else []


def gap_rows(found: Sequence[Gap]) -> list[list[object]]:
    """Return the share that every run closes, with a heading; nothing where no gap is sure."""
    rows: list[list[object]] = []
    for gap in (gap for gap in found if gap.is_apart):
        for cell in (gap.seeing, *gap.others, gap.silent):
            for score, share in zip(cell.scores, gap.shares(cell), strict=True):
                whose = [cell.environment, gap.silent.group, cell.group, score.run.seed]
                rows.append([*whose, f"{score.mean:.4f}", f"{share:.4f}"])
    heading: list[object] = ["environment", "silent_group", "group", "seed", "return_mean", "share"]
    return [heading, *rows] if rows else []


def _findings(gap: Gap) -> str:
    told = [_something_to_say(gap)]
    if gap.is_apart:
        told += _closed("learned messages close", gap, gap.talkers)
        told += _closed("those by hand", gap, gap.told)
        told += _without_content(gap)
        told += [_against_controls(cell, gap.controls) for cell in gap.talkers]
    return f"{gap.silent.environment}: {' '.join(told)}"


def _something_to_say(gap: Gap) -> str:
    seeing, silent = f"without messages {gap.seeing.group}", gap.silent.group
    if not gap.is_open:
        return (
            f"{seeing}, which sees everything, is not ahead of {silent} ({gap.size:+.2f}): nothing "
            "shows that there is anything to say, or that it can be learned from in so many games."
        )
    ahead = f"{seeing} is {gap.size:.2f} ahead of {silent}"
    if not gap.is_apart:
        single = min(len(gap.seeing.scores), len(gap.silent.scores)) < 2
        why = "single runs have no intervals" if single else "the intervals are not apart"
        return (
            f"{ahead}, which may be chance: {why}. More seeds would tell whether there is anything "
            "to say."
        )
    lost = -gap.silent.mean
    loss = f", {gap.size / lost:.0%} of what that loses" if lost > 0 else ""
    return f"{ahead}{loss}, the intervals apart."


def _closed(what: str, gap: Gap, cells: Sequence[Cell]) -> list[str]:
    closed = enumerated([f"{cell.group} {_share(gap, cell)}" for cell in cells])
    return [f"Of this gap {what}: {closed}."] if cells else []


def _without_content(gap: Gap) -> list[str]:
    level = [cell.group for cell in gap.controls if gap.is_level_with_silence(cell)]
    others = [cell.group for cell in gap.controls if cell.group not in level]
    return [
        f"Messages without content, {what}: {enumerated(groups)}."
        for what, groups in (("level with silence", level), ("not shown to be level", others))
        if groups
    ]


def _against_controls(cell: Cell, controls: Sequence[Cell]) -> str:
    behind = [one for one in controls if ranking([cell, one], lambda of: of.means).best is cell]
    if not controls:
        return f"There is no control beside {cell.group}."
    if not behind:
        few = " (three runs against three cannot show it)" if len(cell.scores) <= _TOO_FEW else ""
        return f"{cell.group} is not shown to be ahead of messages without content{few}."
    whom = "all of these" if len(behind) == len(controls) else enumerated([c.group for c in behind])
    return f"{cell.group} is ahead of {whom}."


def _table(gap: Gap) -> Table:
    rows = [
        ["group", "runs", "mean", "share of the gap", "from silence", "level"]
        + ["past half", "games until then", "bits", "worth of a bit"]
    ]
    for cell in (gap.seeing, *gap.others, gap.silent):
        is_silent = cell is gap.silent
        rows.append(
            [
                cell.group,
                str(len(cell.scores)),
                f"{cell.mean:.2f}",
                "0" if is_silent else _share(gap, cell),
                "" if is_silent else _difference(gap, cell),
                "" if is_silent else _level(gap, cell),
                f"{(gap.shares(cell) > 1 / 2).sum()} of {len(cell.scores)}",
                _games(gap, cell),
                *_bits(gap, cell),
            ]
        )
    return Table(rows)


def _share(gap: Gap, cell: Cell) -> str:
    share = f"{round(float(gap.shares(cell).mean()), 2) + 0.0:.2f}"  # no -0.00
    interval = gap.share_interval(cell)
    return share if interval is None else f"{share} ({interval.in_words})"


def _difference(gap: Gap, cell: Cell) -> str:
    difference = f"{cell.mean - gap.silent.mean:+.2f}"
    interval = gap.from_silence(cell)
    return difference if interval is None else f"{difference} ({interval.in_words})"


def _level(gap: Gap, cell: Cell) -> str:
    interval = gap.from_silence(cell)
    if interval is None:
        return "unknown"
    if gap.is_level_with_silence(cell):
        return "yes"
    return "ahead" if interval.low > 0 else "behind" if interval.high < 0 else "not shown"


def _games(gap: Gap, cell: Cell) -> str:
    needed = []
    for score, step in zip(cell.scores, gap.steps_past_half(cell), strict=True):
        games = None if step is None else games_until(score.run, step)
        needed.append("never" if step is None else "unknown" if games is None else f"{games:,.0f}")
    return "never" if set(needed) == {"never"} else "; ".join(needed)


def _bits(gap: Gap, cell: Cell) -> tuple[str, str]:
    bits = bits_sent(cell)
    if math.isnan(bits):
        return "", ""
    worth = f"{(cell.mean - gap.silent.mean) / bits:+.3f}" if bits else ""
    return f"{bits:.1f}", worth
