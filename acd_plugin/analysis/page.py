"""A comparison as a web page that needs no other file."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape

from acd_plugin.analysis.comparison import Comparison
from acd_plugin.analysis.groups import different_settings, settings


def page(comparison: Comparison) -> str:
    """Return HTML: picture, table, settings and the commands that made the runs."""
    picture = base64.b64encode(comparison.picture()).decode()
    runs = [run for group in comparison.groups for run in group.runs]
    keys = different_settings(runs)
    differences = [
        ["group", *keys],
        *(
            [g.name, *(str(settings(g.runs[0]).get(key)) for key in keys)]
            for g in comparison.groups
        ),
    ]
    made = [
        ["run", "group", "seed", "status", "result", "command"],
        *(
            [
                *(run.id, group.name, str(run.columns["seed"]), run.status),
                "" if run.result is None else f"{run.result:.2f}",
                run.command or "not recorded",
            ]
            for group in comparison.groups
            for run in group.runs
        ),
    ]
    common = [
        [key, str(value)] for key, value in sorted(settings(runs[0]).items()) if key not in keys
    ]
    return _PAGE.format(
        metric=escape(comparison.metric),
        picture=picture,
        table=_table(comparison.rows()),
        problems="".join(f"<p>Left out: {escape(text)}</p>" for text in comparison.problems),
        differences=_table(differences),
        made=_table(made),
        common=_table([["setting", "value"], *common]),
    )


def _table(rows: Sequence[Sequence[str]]) -> str:
    heading, *body = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows)
    head = heading.replace("td>", "th>")
    return f"<table><tr>{head}</tr>{''.join(f'<tr>{row}</tr>' for row in body)}</table>"


_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{metric}</title>
<style>
body {{ font: 15px/1.5 sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }}
table {{ border-collapse: collapse; margin: 1rem 0; display: block; overflow-x: auto }}
th, td {{ border-bottom: 1px solid #ccc; padding: .25rem .75rem .25rem 0; text-align: left }}
img {{ max-width: 100% }}
</style>
<h1>{metric}</h1>
<img alt="learning curves" src="data:image/png;base64,{picture}">
<p>Lines are groups with a 95% bootstrap interval over runs; thin lines are single runs.</p>
{table}{problems}
<h2>What differs</h2>{differences}
<h2>Runs</h2>{made}
<h2>What is common</h2>{common}
</html>
"""
