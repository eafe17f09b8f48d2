"""Python files of the user's own: they add environments, attackers, algorithms, trackers, ..."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from acd_plugin.errors import UserError, brief

_TRACKERS = "acd_plugin.tracking.trackers"


def plugin_files(plugins: object) -> list[str]:
    """Return the files that were named from Python; UserError unless it is a list of paths."""
    if isinstance(plugins, list | tuple) and all(isinstance(one, str | Path) for one in plugins):
        return [str(file) for file in plugins]
    raise UserError(
        f"plugins is {brief(repr(plugins))}: give a list of Python files, as ['my_file.py']"
    )


def load_plugins(files: Iterable[str]) -> None:
    """Import each file once in this process; it registers what it adds.

    Raises UserError, naming the file, when it is missing or fails.
    """
    for file in files:
        if "\0" in file:
            raise UserError(f"plugin {brief(repr(file), 300)}: no such Python file (.py)")
        path = Path(file).resolve()
        name = f"acd_plugin_user_{hashlib.sha256(os.fsencode(path)).hexdigest()[:12]}"
        if name in sys.modules:
            continue
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None or path.suffix != ".py" or not path.is_file():
            raise UserError(f"plugin '{brief(file, 300)}': no such Python file (.py)")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module  # before it runs: a dataclass in it looks itself up there
        try:
            spec.loader.exec_module(module)
        except UserError:
            del sys.modules[name]
            raise
        except (Exception, SystemExit) as error:
            del sys.modules[name]
            reason = " ".join(str(error).split())
            raise UserError(
                f"plugin '{brief(file, 300)}' fails: {type(error).__name__}: {reason}"
            ) from error


def content_of(files: Iterable[str]) -> str:
    """Return a short name of what the files contain, for the identity of a run; "" for none.

    Modules that lie beside a file and are imported by it count as well. Files that only add
    trackers do not: what is recorded where changes nothing else.
    """
    digest = hashlib.sha256()
    parts = _with_neighbours({Path(file).resolve(): None for file in files})
    for part in parts:
        digest.update(hashlib.sha256(part.read_bytes()).digest())
    return digest.hexdigest()[:16] if parts else ""


def _with_neighbours(files: Iterable[Path]) -> list[Path]:
    """Return the files, each once and but for those that only track, with what they import."""
    waiting = [file for file in files if not _only_tracks(file)]
    found: dict[Path, None] = {}
    while waiting:
        file = waiting.pop(0)
        if file in found:
            continue
        found[file] = None
        beside = [file.parent / f"{name.split('.')[0]}.py" for name in sorted(_imported(file))]
        waiting += [path for path in beside if path.is_file()]
    return list(found)


def _only_tracks(file: Path) -> bool:
    """Whether a file that was imported reaches nothing of this package but `tracking.trackers`."""
    ours = {name for name in _imported(file) if name.split(".")[0] == "acd_plugin"}
    return bool(ours) and all(name.startswith(_TRACKERS) for name in ours)


def _imported(file: Path) -> set[str]:
    """Return the names of the modules that a Python file imports."""
    imported = set()
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(str(node.module))
    return imported
