"""Imports point downwards only, and the game needs neither torch nor a host."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "acd_plugin"
EVERYBODYS = {"errors", "configuration", "__version__"}
# What each part of the package may import of the others.
_COMPONENTS = {"components", "communication", "envs"}
_NETWORKS = {"agents", "mixers", "critics", *_COMPONENTS}
_ALGORITHMS = {"learners", "controllers", *_NETWORKS}
ALLOWED: dict[str, set[str]] = {
    "configuration": set(),
    "envs": set(),
    "components": {"envs"},
    "communication": {"components", "envs"},
    "agents": _COMPONENTS,
    "mixers": {"components"},
    "critics": {"components"},
    "controllers": {"agents", *_COMPONENTS},
    "learners": {"controllers", *_NETWORKS},
    "runners": {"components", "envs", "hosts"},
    "hosts": {"runners", *_ALGORITHMS},
    "tracking": {"envs"},
    "running": {"tracking", "hosts", "runners", *_ALGORITHMS},
    "analysis": {"tracking"},
    "experiments": {"analysis", "running", "tracking", "hosts"},
    "cli": {"experiments", "running", "communication", "analysis", "tracking", "hosts", "envs"},
}


def imported_modules(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            if node.module == "acd_plugin":
                yield from (f"acd_plugin.{alias.name}" for alias in node.names)


def parts() -> list[tuple[str, Path]]:
    return [
        (path.relative_to(PACKAGE).parts[0].removesuffix(".py"), path)
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.parent != PACKAGE
    ]


@pytest.mark.parametrize("part", sorted({part for part, _ in parts()}))
def test_imports_point_downwards(part: str) -> None:
    for owner, path in parts():
        if owner != part:
            continue
        for module in imported_modules(path):
            names = module.split(".")
            if names[0] != "acd_plugin" or len(names) == 1:
                continue
            allowed = ALLOWED[part] | EVERYBODYS | {part}
            assert names[1] in allowed, f"{path.relative_to(PACKAGE)} imports {module}"


def test_the_host_object_knows_no_host() -> None:
    """Runners import the host object, and hosts import runners: this file keeps that no circle."""
    modules = set(imported_modules(PACKAGE / "hosts" / "host.py"))
    assert not [name for name in modules if name.startswith("acd_plugin")]


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("acd_plugin.envs.registry", ["torch", "sacred", "acd_plugin.hosts"]),
        ("acd_plugin.configuration.layers", ["torch", "numba", "sacred"]),
        ("acd_plugin.cli.main", ["torch", "numba", "sacred"]),
        (
            "acd_plugin.analysis.report.comparison_page",
            ["torch", "numba", "sacred", "matplotlib", "acd_plugin.hosts"],
        ),
        ("acd_plugin.cli.runs", ["torch", "numba", "sacred", "pymongo", "scipy"]),
        ("acd_plugin.cli.sync", ["torch", "numba", "sacred"]),
    ],
)
def test_importing_a_part_does_not_load_what_it_can_do_without(
    module: str, absent: list[str]
) -> None:
    code = f"import sys, {module}; print([n for n in {absent!r} if n in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=PACKAGE.parent,
    )
    assert result.stdout.strip() == "[]"
