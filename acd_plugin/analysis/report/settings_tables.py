"""The settings that groups of runs learned with: what all share once, and what differs."""

from __future__ import annotations

from collections.abc import Mapping

from acd_plugin.analysis.report.document import Section, Table, Text
from acd_plugin.analysis.report.wide_tables import narrow
from acd_plugin.analysis.runs.groups import as_typed, length_settings, settings_that_count
from acd_plugin.analysis.runs.run_record import RunRecord


def settings_section(groups: Mapping[str, RunRecord]) -> Section:
    """Return the tables for groups, each with one of its runs."""
    columns = [settings_that_count(run) | length_settings(run) for run in groups.values()]
    keys = sorted({key for column in columns for key in column})
    rows = [[key, *(as_typed(column.get(key, "")) for column in columns)] for key in keys]
    common = [["setting", "of all"], *(row[:2] for row in rows if len(set(row[1:])) == 1)]
    own = [["setting", *groups], *(row for row in rows if len(set(row[1:])) > 1)]
    told = Text("As this release records them; what an earlier one recorded is translated.")
    tables = [Table(narrow(rows)) for rows in (common, own) if len(rows) > 1]
    return Section("Settings", [told, *tables])
