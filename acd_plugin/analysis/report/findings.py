"""What came out, in sentences: who is ahead, how sure that is, what has not settled, what lacks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from acd_plugin.analysis.curves.learning_curve import change_at_the_end
from acd_plugin.analysis.ranking import Ranking, Rival
from acd_plugin.analysis.report.document import Section, Text
from acd_plugin.analysis.report.enumeration import counted, enumerated
from acd_plugin.analysis.report.scores import Cell, across_environments
from acd_plugin.analysis.statistics import Array

_MOST_NAMED = 6  # groups in one sentence
_NOTABLE = 0.05  # of the way that a run has come: a change at the end that is no noise

_EXPLANATION = (
    "Ahead means: by the two-sided Mann-Whitney test of the seeds' results at the 5% level. Ahead "
    "of all others is who passes each of these tests, which therefore are not corrected for their "
    "number. Three seeds against three cannot pass, whatever their results. A group has not "
    "settled where its tests in the last fifth of training differ from those of the fifth before: "
    "in all its runs alike and by more than the standard error of its mean, or in one run by a "
    "twentieth of the way that it has come."
)


def findings(
    inside: Mapping[str, Sequence[Cell]],
    rankings: Mapping[str, Ranking[Cell]],
    problems: Sequence[str],
    further: Sequence[str] = (),
) -> Section:
    """Return the first section: ``inside`` are the groups of each environment.

    ``further`` are sentences on what it pays to say, and on what they do in variants of it.
    """
    blocks = [Text(_whole(inside, problems))]
    for environment, cells in inside.items():
        told = [*_order(rankings[environment]), *_unsettled(cells), *_uneven(cells)]
        blocks.append(Text(f"{environment}: {' '.join(told)}"))
    blocks += map(Text, further)
    return Section("What came out", [*blocks, Text(_EXPLANATION)])


def _whole(inside: Mapping[str, Sequence[Cell]], problems: Sequence[str]) -> str:
    inside = across_environments(inside)
    groups = list(dict.fromkeys(cell.group for cells in inside.values() for cell in cells))
    scores = [score for cells in inside.values() for cell in cells for score in cell.scores]
    told = [
        f"{counted(len(scores), 'run')} of {counted(len(groups), 'group')} in "
        f"{counted(len(inside), 'environment')}."
    ]
    missing = [
        f"{group} (in {count} of {len(inside)})"
        for group in groups
        if (count := sum(group in {cell.group for cell in cells} for cells in inside.values()))
        < len(inside)
    ]
    if missing:
        told.append(f"Not run in all environments: {enumerated(missing)}.")
    tested = sum(not score.is_evaluated for score in scores)
    if tested:
        told.append(
            f"{counted(tested, 'run')} not evaluated: in place of an evaluation counts the last "
            "test of training."
        )
    if problems:
        told.append(f"{counted(len(problems), 'recorded run')} left out, named under Results.")
    return " ".join(told)


def _order(found: Ranking[Cell]) -> list[str]:
    leader = found.leader
    named = f"{leader.group} ({leader.mean:.2f}, {counted(len(leader.scores), 'run')})"
    if not found.rivals:
        return [f"only {named} was run."]
    if len(leader.scores) < 2:
        others = [f"{one.group.group} ({one.group.mean:.2f})" for one in found.rivals]
        return [f"nothing can be tested with single runs: {enumerated([named, *others])}."]
    told = [f"the highest mean return of several runs is that of {named}."]
    beaten = [one for one in found.rivals if one.is_beaten]
    level = [one for one in found.rivals if not one.is_beaten and one.p_value is not None]
    untested = [one for one in found.rivals if one.p_value is None]
    if beaten:
        everyone = "all others" if len(beaten) == len(found.rivals) else "these"
        told.append(f"It is ahead of {everyone}: {_listed(beaten, leader)}.")
    if level:
        told.append(f"Not told apart from it: {_listed(level, leader)}.")
    if untested:
        told.append(f"Single runs, which cannot be tested: {_listed(untested, leader)}.")
    return told


def _listed(rivals: Sequence[Rival[Cell]], leader: Cell) -> str:
    told = [_rival(one, leader) for one in rivals[:_MOST_NAMED]]
    others = len(rivals) - len(told)
    return enumerated(told) + (f" and {counted(others, 'other')}" if others else "")


def _rival(one: Rival[Cell], leader: Cell) -> str:
    lead = leader.mean - one.group.mean
    told = [f"{one.group.mean:.2f}", f"{abs(lead):.2f} {'behind' if lead >= 0 else 'above'}"]
    if one.p_value is not None:
        told.append(f"p = {one.p_value:.3f}")
    return f"{one.group.group} ({', '.join(told)})"


def _unsettled(cells: Sequence[Cell]) -> list[str]:
    told, unknown = [], []
    for cell in cells:
        changes = _changes(cell)
        if np.isnan(changes).any():
            unknown.append(cell.group)
        elif not is_settled(cell):
            low, high = f"{changes.min():+.2f}", f"{changes.max():+.2f}"
            told.append(f"{cell.group} ({low if low == high else f'{low} to {high}'})")
    sentences = [f"Not settled: {enumerated(told)}."] if told else []
    if unknown:
        sentences.append(f"Too few tests to see whether it has settled: {enumerated(unknown)}.")
    return sentences


def _changes(cell: Cell) -> Array:
    """Return how much the tests of each run (R,) changed at its end; nan of too few."""
    return np.array([change_at_the_end(score.curve) for score in cell.scores])


def is_settled(cell: Cell) -> bool:
    """Return whether nothing shows that the group would have changed with more training."""
    changes = _changes(cell)
    ways = np.array([abs(score.curve.values[-1] - score.curve.values[0]) for score in cell.scores])
    if bool((np.abs(changes) > _NOTABLE * ways).any()):
        return False
    root = math.sqrt(len(changes))
    if len(changes) < 2:
        return True
    common = abs(float(changes.mean()))
    noise = 2 * float(changes.std(ddof=1)) / root
    return common <= max(noise, float(cell.means.std(ddof=1)) / root)


def _uneven(cells: Sequence[Cell]) -> list[str]:
    most = max(len(cell.scores) for cell in cells)
    fewer = [f"{cell.group} ({len(cell.scores)})" for cell in cells if len(cell.scores) < most]
    return [f"Fewer runs than the {most} of others: {enumerated(fewer)}."] if fewer else []
