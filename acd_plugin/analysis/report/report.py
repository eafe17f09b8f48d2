"""The report on many runs: tables, curves, pairwise comparisons, settings and commands."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from acd_plugin.analysis.curves.drawing import Styles
from acd_plugin.analysis.curves.learning_curve import band
from acd_plugin.analysis.curves.plots import learning_curves, profiles
from acd_plugin.analysis.ranking import ranking
from acd_plugin.analysis.report import score_tables
from acd_plugin.analysis.report.document import Code, Picture, Section, Text, file_names
from acd_plugin.analysis.report.findings import findings
from acd_plugin.analysis.report.gap import gaps
from acd_plugin.analysis.report.gap_section import gap_findings, gap_rows, gap_section
from acd_plugin.analysis.report.generalisation import matrices
from acd_plugin.analysis.report.generalisation_section import (
    generalisation,
    generalisation_findings,
    generalisation_latex,
    generalisation_rows,
)
from acd_plugin.analysis.report.latex import MEASURES, latex_table
from acd_plugin.analysis.report.marl_eval import marl_eval_json
from acd_plugin.analysis.report.message_tables import (
    effects,
    events,
    examined_runs,
    messages,
    subjects,
)
from acd_plugin.analysis.report.response import responses
from acd_plugin.analysis.report.scores import Cell, across_environments
from acd_plugin.analysis.report.settings_tables import settings_section
from acd_plugin.analysis.report.shown_names import with_plan_names
from acd_plugin.analysis.runs.plan_names import PlanNames
from acd_plugin.analysis.statistics import performance_profile
from acd_plugin.errors import UserError
from acd_plugin.tracking.command_line import without

_TINY = 1e-9
# Data that a report has only if there is anything to put there.
DATA_OF_SOME = (
    "gap.csv",
    "generalisation.csv",
    "generalisation.tex",
    "messages.csv",
    "message_content.csv",
    "message_events.csv",
)


class Report(NamedTuple):
    """What is written: the document, and files of data beside it."""

    sections: Sequence[Section]
    data: Mapping[str, str]  # name of the file -> its text
    problems: Sequence[str]  # what was left out, and why


def make_report(
    cells: Sequence[Cell], problems: Sequence[str], names: PlanNames | None = None
) -> Report:
    """Return the report on finished runs; UserError when there is none.

    Groups and environments are shown under the names of the plans; CSV files keep those that say
    the settings.
    """
    if not cells:
        raise UserError(problems[0] if problems else "no finished runs to report on")
    data = {"scores.csv": _scores(cells), "curves.csv": _curves(cells)}
    examined, damaged = examined_runs(cells)
    problems = [*problems, *damaged]
    if played := matrices(cells, problems):
        data["generalisation.csv"] = _csv(generalisation_rows(played))
    if closed := gap_rows(gaps(cells)):
        data["gap.csv"] = _csv(closed)
    if examined:
        data["messages.csv"] = _csv(effects(examined))
        data["message_content.csv"] = _csv(subjects(examined))
        data["message_events.csv"] = _csv(events(examined))
    names = names or PlanNames()
    shown = with_plan_names(cells, names)
    inside: dict[str, list[Cell]] = {}
    for cell in shown:
        inside.setdefault(cell.environment, []).append(cell)
    rankings = {
        environment: ranking(found, lambda cell: cell.means)
        for environment, found in inside.items()
    }
    across = across_environments(inside)
    rows = [cell for found in across.values() for cell in found]
    is_shorter = {cell.group for cell in rows} != {cell.group for cell in shown}
    styles = _styles(inside, across)
    played, worth = matrices(shown, []), gaps(shown)
    to_say = gap_findings(worth)  # which takes a bootstrap of every group
    sections = [
        findings(inside, rankings, problems, [*to_say, *generalisation_findings(played)]),
        _overview(rows, list(inside), problems, is_shorter),
        *gap_section(worth, to_say),
        *generalisation(played),
        *responses(shown, names),
    ]
    for name, file in file_names(list(inside)).items():
        sections.append(_environment(name, file, inside[name], styles))
    if examined:
        sections.append(messages(examined_runs(shown)[0]))
    examples = {f"{cell.group}; {cell.environment}": cell.scores[0].run for cell in shown}
    data |= {f"{name}.tex": latex_table(name, across, rankings) for name in MEASURES}
    data["marl_eval.json"] = marl_eval_json(across)
    if played:
        data["generalisation.tex"] = generalisation_latex(played)
    return Report([*sections, _runs(shown), settings_section(examples)], data, problems)


def _styles(inside: Mapping[str, list[Cell]], across: Mapping[str, list[Cell]]) -> Styles:
    """Return looks that are a group's own in all environments, whether it says its length."""
    looks = {
        cell.group: row.group
        for environment, found in inside.items()
        for cell, row in zip(found, across[environment], strict=True)
    }
    looks |= {row.group: row.group for found in across.values() for row in found}
    return Styles(list(looks), looks)


def _overview(
    cells: Sequence[Cell], environments: Sequence[str], problems: Sequence[str], is_shorter: bool
) -> Section:
    explanation = (
        "Interquartile mean over runs of the mean return of each run's last policy, with a 95% "
        "bootstrap interval. A group holds runs that differ only by their seed; where an algorithm "
        "has several groups, their names say in what they differ."
    )
    if is_shorter:
        explanation += (
            " For how long a group was trained stands in the tables of those environments that "
            "have runs of several lengths."
        )
    warnings = [Text(f"Warning: {problem}") for problem in problems]
    table = score_tables.overview(cells, environments)
    return Section("Results", [table, Text(explanation), *warnings])


def _environment(name: str, file: str, cells: Sequence[Cell], styles: Styles) -> Section:
    bands = {cell.group: band([score.curve for score in cell.scores]) for cell in cells}
    curves = {cell.group: [score.curve for score in cell.scores] for cell in cells}
    means = np.concatenate([cell.means for cell in cells])
    thresholds = np.linspace(means.min() - _TINY, max(0.0, means.max()), 201)
    shares = {cell.group: performance_profile(cell.means, thresholds) for cell in cells}
    learned = learning_curves(bands, curves, "test_return_mean", styles).files()
    reached = profiles(thresholds, shares, styles).files()
    return Section(
        name,
        [
            *score_tables.results(cells),
            Picture(f"curves_{file}", f"learning curves, {name}", learned),
            *score_tables.speed(cells),
            *score_tables.contrasts(cells),
            Picture(f"profiles_{file}", f"share of runs above a return, {name}", reached),
        ],
    )


def _runs(cells: Sequence[Cell]) -> Section:
    commands = [
        without(score.run.command, "local_results_path")  # which is another place for others
        if score.run.command
        else f"# run {score.run.id}: its command was not recorded"
        for cell in cells
        for score in cell.scores
    ]
    return Section("Commands that made the runs", [Code(list(dict.fromkeys(commands)))])


def _scores(cells: Sequence[Cell]) -> str:
    rows: list[list[object]] = [
        ["environment", "group", "run", "seed", "return_mean", "return_sd", "episodes", "evaluated"]
    ]
    for cell in cells:
        for score in cell.scores:
            run = score.run
            measured = [f"{score.mean:.4f}", f"{score.sd:.4f}", score.episodes]
            whose = [cell.environment, cell.group, run.id, run.seed]
            rows.append([*whose, *measured, score.is_evaluated])
    return _csv(rows)


def _curves(cells: Sequence[Cell]) -> str:
    rows: list[list[object]] = [["environment", "group", "run", "seed", "step", "return_mean"]]
    for cell in cells:
        for score in cell.scores:
            whose = [cell.environment, cell.group, score.run.id, score.run.seed]
            for step, value in zip(*score.curve, strict=True):
                rows.append([*whose, int(step), f"{value:.3f}"])
    return _csv(rows)


def _csv(rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
