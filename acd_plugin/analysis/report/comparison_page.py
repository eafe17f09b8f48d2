"""A comparison as a web page that needs no other file."""

from __future__ import annotations

from acd_plugin.analysis.curves.comparison import Comparison
from acd_plugin.analysis.report.document import Picture, Section, Table, Text, html
from acd_plugin.analysis.runs.groups import different_settings, settings


def page(comparison: Comparison) -> str:
    """Return HTML: picture, table, settings and the commands that made the runs."""
    runs = [run for group in comparison.groups for run in group.runs]
    keys = different_settings(runs)
    differences = [["group", *keys]]
    for group in comparison.groups:
        own = settings(group.runs[0])
        differences.append([group.name, *(str(own.get(key)) for key in keys)])
    made = [["run", "group", "seed", "status", "result", "command"]]
    for group in comparison.groups:
        for run in group.runs:
            result = "" if run.result is None else f"{run.result:.2f}"
            command = run.command or "not recorded"
            made.append([run.id, group.name, str(run.seed), run.status, result, command])
    common = [
        [key, str(value)] for key, value in sorted(settings(runs[0]).items()) if key not in keys
    ]
    sections = [
        Section(
            "Learning curves",
            [
                Picture("curves.png", "learning curves", comparison.picture()),
                Text(
                    "Lines are groups with a 95% bootstrap interval over runs; thin lines are "
                    "single runs."
                ),
                Table(comparison.rows()),
                *(Text(f"Left out: {problem}") for problem in comparison.problems),
            ],
        ),
        Section("What differs", [Table(differences)]),
        Section("Runs", [Table(made)]),
        Section("What is common", [Table([["setting", "value"], *common])]),
    ]
    return html(comparison.metric, sections)
