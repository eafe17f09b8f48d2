"""Short names of what compiled functions are made from.

`exact` changes with every byte and names caches. `meaning` ignores comments, docstrings and
formatting and names the rules that a run was played by.
"""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import NamedTuple

Rule = Callable[..., object]
_LENGTH = 16  # hexadecimal digits of a name
_SCALARS = (bool, int, float, str)
_LIBRARIES = {"numpy", "numba", *sys.stdlib_module_names}


class Sources(NamedTuple):
    """All that the machine code of some functions depends on."""

    files: list[Path]
    constants: list[str]  # global values that the functions use, which may come from other files

    def exact(self) -> str:
        return _name([*(path.read_bytes() for path in self.files), *self._constant_bytes()])

    def meaning(self) -> str:
        return _name([*(_parsed(path) for path in self.files), *self._constant_bytes()])

    def _constant_bytes(self) -> list[bytes]:
        return [constant.encode() for constant in self.constants]

    def outside(self, folder: Path) -> Sources:
        """Return what lies outside a folder, with the constants."""
        return self._replace(files=[p for p in self.files if not p.is_relative_to(folder)])


def files_of(*places: Path) -> Sources:
    """Return the given Python files, and all that lie in the given folders."""
    files = [
        file for place in places for file in (place.rglob("*.py") if place.is_dir() else [place])
    ]
    return Sources(sorted(files), [])


def sources_of(functions: Iterable[Rule]) -> Sources:
    """Return the sources of ``functions`` and of all that they call or use."""
    files: set[Path] = set()
    constants: set[str] = set()
    waiting = [plain(function) for function in functions]
    known: set[int] = set()
    while waiting:
        function = waiting.pop()
        if id(function) in known:
            continue
        known.add(id(function))
        files.add(Path(function.__code__.co_filename).resolve())
        for name, value in _used_by(function):
            if _is_of_a_library(value):
                continue
            if is_rule(value):
                waiting.append(plain(value))
            elif isinstance(value, type):
                files |= _file_of(value)
            elif _is_constant(value):
                constants.add(f"{function.__qualname__}.{name}={value!r}")
    return Sources(sorted(files), sorted(constants))


def is_rule(value: object) -> bool:
    """Return whether a value is a function, compiled or not."""
    return isinstance(getattr(value, "py_func", value), FunctionType)


def plain(function: object) -> FunctionType:
    """Return the Python function that a compiled function was made from."""
    found = getattr(function, "py_func", function)
    if not isinstance(found, FunctionType):
        raise TypeError(f"{function!r} is no Python function")
    return found


def _used_by(function: FunctionType) -> Iterator[tuple[str, object]]:
    """Yield the names and values of what a function uses of its module and its surroundings."""
    code = function.__code__
    for name in code.co_names:
        value = function.__globals__.get(name)
        yield name, value
        if isinstance(value, ModuleType):
            for attribute in code.co_names:
                yield f"{name}.{attribute}", getattr(value, attribute, None)
    for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
        yield name, cell.cell_contents


def _is_of_a_library(value: object) -> bool:
    module = getattr(value, "__module__", None)
    return isinstance(module, str) and module.split(".")[0] in _LIBRARIES


def _is_constant(value: object) -> bool:
    if isinstance(value, tuple):
        return all(_is_constant(part) for part in value)
    return isinstance(value, _SCALARS)


def _file_of(kind: type) -> set[Path]:
    file = getattr(sys.modules.get(kind.__module__), "__file__", None)
    return {Path(file).resolve()} if file else set()


def _name(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:_LENGTH]


def _parsed(path: Path) -> bytes:
    return _shape(ast.parse(path.read_bytes())).encode()


def _shape(node: object) -> str:
    """Return a syntax tree as text, the same in every version of Python: without what is empty."""
    if isinstance(node, list):
        return "[" + ",".join(_shape(part) for part in node) + "]"
    if not isinstance(node, ast.AST):
        return repr(node)
    parts = [
        f"{field}={_shape(value)}"
        for field, value in ast.iter_fields(node)
        if value is not None and value != []
    ]
    if isinstance(node, ast.Constant):  # None, too, is a value here
        parts = [repr(node.value)]
    if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node):
        parts = [part for part in parts if not part.startswith("body=")]
        parts.append(f"body={_shape(node.body[1:])}")
    return f"{type(node).__name__}({' '.join(parts)})"
