"""A comparison as a web page that needs no other file."""

from __future__ import annotations

from acd_plugin.analysis.curves.axis_words import in_words
from acd_plugin.analysis.curves.comparison import Comparison
from acd_plugin.analysis.report.document import Picture, Section, Table, Text, html
from acd_plugin.analysis.report.settings_tables import settings_section


def page(comparison: Comparison) -> str:
    """Return HTML: picture, table, the commands that made the runs and their settings."""
    told = Text(
        "Lines are groups with a 95% bootstrap interval over runs; thin lines are single runs."
    )
    left_out = [Text(f"Left out: {problem}") for problem in comparison.problems]
    cautions = [Text(f"Note: {caution}.") for caution in comparison.cautions]
    drawn = {"png": comparison.picture().saved("png")}
    picture = Picture("curves", "learning curves", drawn)
    made = [["run", "group", "seed", "status", "result", "command"]]
    for group in comparison.groups:
        for run in group.runs:
            result = "" if run.result is None else f"{run.result:.2f}"
            command = run.command or "not recorded"
            made.append([run.id, group.name, str(run.seed), run.status, result, command])
    sections = [
        Section("Learning curves", [picture, told, Table(comparison.rows()), *cautions, *left_out]),
        Section("Runs", [Table(made)]),
        settings_section({group.name: group.runs[0] for group in comparison.groups}),
    ]
    return html(in_words(comparison.metric), sections)
