"""What each run achieved, and which runs may share a row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from acd_plugin.analysis.curves.learning_curve import Curve, read_curve
from acd_plugin.analysis.runs.groups import (
    BETWEEN,
    different_games,
    grouped,
    named_values,
    without_length,
)
from acd_plugin.analysis.runs.run_record import RunRecord
from acd_plugin.analysis.statistics import Array, Summary, summarise
from acd_plugin.errors import UserError
from acd_plugin.tracking.evaluations import Evaluation, find_evaluation, read_evaluations


class Score(NamedTuple):
    """A run's last policy."""

    run: RunRecord
    mean: float  # return
    sd: float  # over episodes; nan if it is not known
    episodes: int
    is_evaluated: bool  # False: the last test of training, not an evaluation of its own
    curve: Curve
    elsewhere: Sequence[Evaluation] = ()  # in variants of its environment, without single returns
    bits_sent: float = float("nan")  # in a game; nan if none could be, or it is not known


@dataclass(frozen=True)
class Cell:
    """The runs of one group, which differ only by their seed, in one environment."""

    group: str
    environment: str
    scores: Sequence[Score]

    @cached_property
    def means(self) -> Array:
        return np.array([score.mean for score in self.scores])

    @cached_property
    def summary(self) -> Summary:
        return summarise(self.means)

    @property
    def mean(self) -> float:
        return float(self.means.mean())

    @property
    def sd_over_games(self) -> float:
        """Mean over runs of the sd of one policy's returns; nan if it is not known of all."""
        return float(np.mean([score.sd for score in self.scores]))


def cells(runs: Sequence[RunRecord]) -> tuple[list[Cell], list[str]]:
    """Return all groups in all environments, and what is wrong with runs that are in none.

    Only finished runs count, and each seed once. A group's name says in which settings it differs
    from the other groups of its algorithm in that environment, the length of training among them.
    """
    found, problems = [], []
    for environment, members in _by_environment(runs).items():
        finished = [run for run in members if run.status == "COMPLETED"]
        problems += [
            f"run {run.id}: left out, it is {run.status}"
            for run in members
            if run.status != "COMPLETED"
        ]
        for group, same in grouped(finished, by_length=True).items():
            scores = _scores(same, problems)
            if scores:
                found.append(Cell(group, environment, scores))
    return found, problems


def _scores(same: Sequence[RunRecord], problems: list[str]) -> list[Score]:
    """Return one score of every seed, in their order; adds to the problems what is left out."""
    by_seed: dict[int, Score] = {}
    for run in same:
        try:
            score = score_of(run, problems)
        except UserError as error:
            problems.append(str(error))
            continue
        kept = by_seed.setdefault(run.seed, score)
        if kept is not score:  # the same seed gives the same run: it is no second sample
            better, other = sorted((kept, score), key=_weight, reverse=True)
            by_seed[run.seed] = better
            problems.append(f"run {other.run.id}: left out, it repeats run {better.run.id}")
    return [by_seed[seed] for seed in sorted(by_seed)]


def _weight(score: Score) -> tuple[bool, int]:
    return (score.is_evaluated, score.episodes)


def score_of(run: RunRecord, problems: list[str] | None = None) -> Score:
    """Return the run's evaluation on the games that all share, else its last test.

    What is damaged of its evaluations joins the problems; UserError when nothing can be read.
    """
    curve = read_curve(run)
    evaluations = read_evaluations(run.folder)
    if None in evaluations and problems is not None:
        where, damaged = run.folder.place / run.folder.evaluations.name, evaluations.count(None)
        problems.append(f"{where}: {damaged} of {len(evaluations)} lines cannot be read")
    last = run.last_checkpoint
    elsewhere = _elsewhere(evaluations, last)
    done = find_evaluation(evaluations, last)
    if done is not None:
        bits = done.statistics.get("bits_sent", float("nan"))
        whole = (done.return_mean, done.return_std, done.episodes)
        return Score(run, *whole, True, curve, elsewhere, bits)
    episodes = int(run.config.get("test_nepisode", 0))
    return Score(run, float(curve.values[-1]), float("nan"), episodes, False, curve, elsewhere)


def _elsewhere(evaluations: Sequence[Evaluation | None], last: int | None) -> list[Evaluation]:
    """Return of each variant that the policy of ``last`` has played the evaluation that counts."""
    played = {frozenset(done.overrides): done.overrides for done in evaluations if done}
    found = [find_evaluation(evaluations, last, one) for one in played.values() if one]
    return [done.model_copy(update={"returns": ()}) for done in found if done]


def across_environments(inside: Mapping[str, Sequence[Cell]]) -> dict[str, list[Cell]]:
    """Return the cells of each environment as tables over several environments name them.

    A length stays in the name where it tells groups of one environment apart, and where a group has
    the same name in all its environments. Otherwise it would make two groups of one, because only
    some of the environments have runs of several lengths.
    """
    names: dict[str, set[str]] = defaultdict(set)
    for cells in inside.values():
        for cell in cells:
            names[without_length(cell.group)].add(cell.group)
    return {name: [_across(cell, cells, names) for cell in cells] for name, cells in inside.items()}


def _across(cell: Cell, beside: Sequence[Cell], names: Mapping[str, set[str]]) -> Cell:
    plain = without_length(cell.group)
    of_several_lengths = sum(without_length(other.group) == plain for other in beside) > 1
    if of_several_lengths or len(names[plain]) == 1:
        return cell
    return replace(cell, group=plain)


def _by_environment(runs: Sequence[RunRecord]) -> dict[str, list[RunRecord]]:
    """Group runs by what they played; a name has whatever differs within its environment."""
    environments: dict[str, list[RunRecord]] = defaultdict(list)
    for run in runs:
        environments[run.environment].append(run)
    groups: dict[str, list[RunRecord]] = defaultdict(list)
    for environment, members in environments.items():
        differing = different_games(members)
        for run in members:
            groups[BETWEEN.join([environment, *named_values(run, differing)])].append(run)
    return dict(groups)
