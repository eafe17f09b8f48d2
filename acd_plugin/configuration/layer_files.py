"""Find the files that make a layer of the configuration: the one named, and its parents."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from acd_plugin.configuration.yaml_file import read_mapping, read_yaml
from acd_plugin.errors import UserError, brief, listing, nearest

YAML_ENDINGS = (".yaml", ".yml")
_EXTENDS, _PLUGINS, _ARGUMENTS = "extends", "plugins", "env_args"


class LayerFile(NamedTuple):
    """What one file says."""

    path: Path
    values: dict[str, Any]  # less `extends` and `plugins`, which are for those who read it
    lines: dict[str, int]  # where the keys stand
    plugins: list[str]  # with their paths
    is_hosts: bool  # it lies in a folder of a host, to whom it is right as it is

    def at(self, key: str) -> str:
        """Return where a key stands, to begin a message with."""
        return f"{self.path}: line {self.lines[key]}"


def files_of(
    roots: list[Path], folder: str, kind: str, name: str, below: tuple[Path, ...] = ()
) -> list[LayerFile]:
    """Return the files of that name, each after those that it extends: later ones win.

    ``name`` is that of a file in a ``folder`` of the ``roots``, ours and below it a host's, or the
    path of a file; ``below`` are those that extend it.
    """
    files: list[LayerFile] = []
    for path in _find(roots, folder, kind, name):
        if path in below:
            raise UserError(f"{path}: extends itself")
        is_hosts = any(root.resolve() in path.resolve().parents for root in roots[1:])
        values, lines = read_mapping(path, repeats=is_hosts)
        parent = values.pop(_EXTENDS, None)
        if parent is not None:
            if not isinstance(parent, str):
                raise UserError(f"{path}: extends is {brief(repr(parent))}: name one {kind}")
            files += files_of(roots, folder, kind, parent, (*below, path))
        plugins = _plugins_beside(path, values.pop(_PLUGINS, []))
        if isinstance(values.get(_ARGUMENTS), dict):
            values[_ARGUMENTS] = _found_beside(path, values[_ARGUMENTS])
        files.append(LayerFile(path, values, lines, plugins, is_hosts))
    return files


def keys_of(root: Path) -> set[str]:
    """Return all keys of the files in a host's folder of configurations."""
    files = [root / "default.yaml", *sorted((root / "algs").glob("*.yaml"))]
    return {key for path in files for key in read_yaml(path, repeats=True)}


def _plugins_beside(path: Path, names: object) -> list[str]:
    """Return a file's plugins, whose paths are relative to the file that names them."""
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise UserError(
            f"{path}: plugins is {brief(repr(names))}: write a list, as plugins: [my_file.py]"
        )
    return [str(path.parent / name) for name in names]


def _found_beside(path: Path, arguments: dict[str, Any]) -> dict[str, Any]:
    """Return an environment's arguments; those that name a YAML file beside this one find it."""
    return {
        key: str(path.parent / value)
        if isinstance(value, str)
        and value.endswith(YAML_ENDINGS)
        and (path.parent / value).exists()
        else value
        for key, value in arguments.items()
    }


def _find(roots: list[Path], folder: str, kind: str, name: str) -> list[Path]:
    if name.endswith(YAML_ENDINGS):
        return [Path(name)]
    files = [path for root in reversed(roots) for path in sorted((root / folder).glob("*.yaml"))]
    found = [path for path in files if path.stem == name]
    if not found:
        names = {path.stem for path in files}
        raise UserError(
            f"unknown {kind} '{brief(name)}'{nearest(name, names)} "
            f"(legal: {listing(names)}, or the path of a .yaml file)"
        )
    return found
