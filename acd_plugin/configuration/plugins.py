"""Python files of the user's own: they add environments, attackers, algorithms, trackers, ..."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import sys
from collections.abc import Iterable
from pathlib import Path

from acd_plugin.errors import UserError

_TRACKERS = "acd_plugin.tracking.trackers"


def load_plugins(files: Iterable[str]) -> None:
    """Import each file once in this process; it registers what it adds.

    Raises UserError, naming the file, when it is missing or fails.
    """
    for file in files:
        path = Path(file).resolve()
        name = f"acd_plugin_user_{hashlib.sha256(str(path).encode()).hexdigest()[:12]}"
        if name in sys.modules:
            continue
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None or not path.is_file():
            raise UserError(f"plugin '{file}': no such Python file")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module  # before it runs: a dataclass in it looks itself up there
        try:
            spec.loader.exec_module(module)
        except UserError:
            del sys.modules[name]
            raise
        except Exception as error:
            del sys.modules[name]
            raise UserError(f"plugin '{file}' fails: {type(error).__name__}: {error}") from error


def content_of(files: Iterable[str]) -> str:
    """Return a short name of what the files contain, for the identity of a run; "" for none.

    Files that only add trackers do not count: what is recorded where changes nothing else.
    """
    digest = hashlib.sha256()
    contents = [content for file in files if not _only_tracks(content := Path(file).read_bytes())]
    for content in contents:
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()[:16] if contents else ""


def _only_tracks(content: bytes) -> bool:
    """Whether a file that was imported reaches nothing of this package but `tracking.trackers`."""
    imported = set()
    for node in ast.walk(ast.parse(content)):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(str(node.module))
    ours = {name for name in imported if name.split(".")[0] == "acd_plugin"}
    return bool(ours) and all(name.startswith(_TRACKERS) for name in ours)
