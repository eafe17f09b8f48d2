"""Groups and environments under the names that the user's plans give them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from acd_plugin.analysis.report.scores import Cell
from acd_plugin.analysis.runs.groups import BETWEEN
from acd_plugin.analysis.runs.plan_names import PlanNames, told_apart


def with_plan_names(cells: Sequence[Cell], names: PlanNames) -> list[Cell]:
    """Return the groups as the plans call them, and in the plans' order.

    What no plan names keeps its own name. Groups, or environments, that a plan calls alike differ
    in a setting, which is then added to the name.
    """
    planned = {id(cell): names.of(cell.scores[0].run) for cell in cells}
    places: dict[str, str] = {}  # shown names of environments by their own
    for cell in cells:
        name = planned[id(cell)]
        if name is not None:
            places.setdefault(cell.environment, name.environment)
    places = told_apart({cell.environment: cell.environment for cell in cells} | places)
    renamed: list[Cell] = []
    for own, shown in places.items():
        inside = [cell for cell in cells if cell.environment == own]
        called = {cell.group: cell.group for cell in inside}
        called |= {cell.group: name.algorithm for cell in inside if (name := planned[id(cell)])}
        groups = told_apart(called)
        renamed += [replace(cell, group=groups[cell.group], environment=shown) for cell in inside]
    rows, columns = names.algorithms, names.environments
    return sorted(
        renamed, key=lambda cell: (_place(cell.environment, columns), _place(cell.group, rows))
    )


def _place(name: str, planned: Sequence[str]) -> tuple[int, str]:
    """Return where a name stands among those of the plans; others follow, as they were."""
    for place, start in enumerate(planned):
        if name == start or name.startswith(f"{start}{BETWEEN}"):
            return place, name
    return len(planned), ""
