"""The rules keep to what a compiler for the GPU accepts too.

It takes no member of an enum as the index of an array or as a stored or returned value: there
stands the member's ``value``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path

import pytest

from acd_plugin.envs.cyborg.game import types

GAME = Path(types.__file__).parent
ENUMS = {
    name
    for name, kind in vars(types).items()
    if isinstance(kind, type) and issubclass(kind, IntEnum)
}


def members(node: ast.AST) -> Iterator[str]:
    """Yield the members of enums in an expression whose ``value`` is not taken."""
    if isinstance(node, ast.Compare):  # comparing is fine
        return
    if isinstance(node, ast.Attribute):
        if isinstance(node.value, ast.Name) and node.value.id in ENUMS:
            yield f"{node.value.id}.{node.attr}, line {node.lineno}"
        elif node.attr == "value":
            return
    for child in ast.iter_child_nodes(node):
        yield from members(child)


def stored(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield indices, and what is stored or returned."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript):
            yield node.slice
        elif isinstance(node, (ast.Assign, ast.AugAssign, ast.Return)) and node.value is not None:
            yield node.value


@pytest.mark.parametrize("file", sorted(GAME.rglob("*.py")), ids=lambda file: file.stem)
def test_no_member_of_an_enum_is_an_index_or_stored(file: Path) -> None:
    if file.name == "types.py":
        return
    found = [text for node in stored(ast.parse(file.read_text())) for text in members(node)]
    assert found == []
