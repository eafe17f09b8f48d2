"""Imports fall from room to room, and run in no circle: not in functions, not for types either."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

import pytest

from tests.house.source import ROOT, imported_names, imports, modules, read

# From the ground up. A room imports rooms of the layers below its own; rooms of one layer know
# nothing of each other.
LAYERS: list[set[str]] = [
    {"credentials"},
    {"errors", "machine"},
    {"configuration"},
    {"envs"},
    {"components"},
    {"communication"},
    {"agents", "mixers", "critics"},
    {"controllers"},
    {"learners", "runners"},
    {"hosts"},
    {"tracking"},
    {"analysis"},
    {"running"},
    {"experiments"},
    {"api", "cli"},
]
# What may be imported of the layers below where that is less than everything.
GROUND = {"credentials", "errors", "machine"}
ONLY: dict[str, set[str]] = {
    "tracking": GROUND | {"configuration", "envs"},  # records runs of whatever algorithm
    "analysis": GROUND | {"configuration", "envs", "tracking"},  # reads folders: runs nothing
}
# Of a room that is mostly closed to another: the parts that are open.
OPEN_PARTS = {
    ("running", "analysis"): (
        "acd_plugin.analysis.statistics",
        "acd_plugin.analysis.messages",
        "acd_plugin.analysis.replay.record",
    ),
}
# Arrows that still rise: "importing file imported module".
RISING: set[str] = set()
# Circles that are still there, by the files on them.
CIRCLES: set[frozenset[str]] = set()


def height(room: str) -> int:
    return next(number for number, layer in enumerate(LAYERS) if room in layer)


def may_import(room: str, target: str) -> bool:
    """Whether a file of ``room`` may import the module ``target``."""
    other = target.split(".")[1]
    if room == other:
        return True
    if (room, other) in OPEN_PARTS:
        return target.startswith(OPEN_PARTS[room, other])
    return height(other) < height(room) and other in ONLY.get(room, {other})


def test_every_room_has_its_layer() -> None:
    rooms = {module.room for module in modules().values()} - {""}
    assert rooms == set().union(*LAYERS)


def test_imports_fall() -> None:
    rising = {
        f"{module.file} {target}"
        for module in modules().values()
        for target in imports(module)
        if module.room and "." in target and not may_import(module.room, target)
    }
    assert not rising - RISING


def test_no_file_imports_itself_by_way_of_others() -> None:
    graph = {name: imports(module) for name, module in modules().items()}
    while True:
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            circle: list[str] = error.args[1]  # each is imported by the next
            assert frozenset(circle) in CIRCLES, " is imported by ".join(circle)
            graph[circle[1]] = graph[circle[1]] - {circle[0]}
        else:
            break


def test_the_package_itself_imports_none_of_its_rooms() -> None:
    """Whoever imports any room imports ``acd_plugin``, which therefore must stay at the ground."""
    assert not imports(modules()["acd_plugin"])


@pytest.mark.parametrize("folder", ["acd_plugin", "benchmarks", "examples", "testbed"])
def test_only_tests_import_tests(folder: str) -> None:
    importing = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*.py")
        if any(name.split(".")[0] == "tests" for name in imported_names(read(path)))
    }
    assert importing == set()
