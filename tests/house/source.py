"""The package's files and who imports whom, read from the source without importing any of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "acd_plugin"


class Module(NamedTuple):
    """One file of the package."""

    name: str  # e.g. "acd_plugin.envs.registry"; a package's own name for its __init__.py
    path: Path
    tree: ast.Module

    @property
    def room(self) -> str:
        """The folder or file right below the package; "" for the package's own __init__.py."""
        return (self.name.split(".") + [""])[1]

    @property
    def file(self) -> str:
        """The path as messages and lists of exceptions spell it."""
        return self.path.relative_to(ROOT).as_posix()


def read(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def modules() -> dict[str, Module]:
    """Every file of the package by its module name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        found[name] = Module(name, path, read(path))
    return found


def imported_names(tree: ast.Module) -> Iterator[str]:
    """Dotted names of all imports: inside functions and for type checkers alone, too.

    ``from a import b`` gives ``a.b``: whether ``b`` is a module is for `imports` to find out.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports(module: Module) -> set[str]:
    """The names of the package's modules that a module imports."""
    found = {_module_of(name) for name in imported_names(module.tree)}
    return found - {"", module.name}


def _module_of(name: str) -> str:
    """The module that holds ``name``; "" if it is not of the package."""
    while name and name not in modules():
        name = name.rpartition(".")[0]
    return name
