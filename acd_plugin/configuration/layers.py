"""Layered YAML and command-line overrides, merged into one checked configuration.

Later wins: ``default.yaml``, the environment's file, the algorithm's file, ``key=value`` from the
command line. Every legal key stands in one of the files.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from acd_plugin.configuration.device import with_both_names
from acd_plugin.configuration.paths import config_root
from acd_plugin.configuration.run_settings import RunSettings
from acd_plugin.configuration.validation import parse, read_yaml
from acd_plugin.errors import UserError, listing, nearest

Config = dict[str, Any]
_PLUGINS = "plugins"
_YAML = (".yaml", ".yml")


def load_config(
    algorithm: str,
    env: str,
    overrides: Sequence[str],
    below: Path | None = None,
    plugins: Sequence[str] = (),
) -> Config:
    """Merge and check the configuration of one run; ``overrides`` are ``key=value`` strings."""
    return configure(algorithm, env, read_overrides(overrides), below, plugins)


def configure(
    algorithm: str,
    env: str,
    changes: Mapping[str, object],
    below: Path | None = None,
    plugins: Sequence[str] = (),
) -> Config:
    """Merge and check the configuration of one run.

    ``algorithm`` and ``env`` are names of files in ``config/algs`` and ``config/envs``, or paths
    of YAML files; ``changes`` have dots in their keys for nested ones. ``below`` is the
    configuration folder of a host: its ``default.yaml`` is the lowest layer, and its file of an
    algorithm lies under ours. ``plugins`` join those that the files name. Raises UserError for
    anything unknown or of the wrong type.
    """
    roots = [config_root(), *([below] if below else [])]
    config: Config = {}
    for root in reversed(roots):
        config = merge(config, read_yaml(root / "default.yaml"))
    environment = _read_layer(roots[:1], "envs", "environment configuration", env)
    chosen = _read_layer(roots, "algs", "algorithm", algorithm)
    # The environment is the user's choice; some of EPyMARL's algorithm files name one as well.
    chosen = {key: value for key, value in chosen.items() if key not in ("env", "env_args")}
    named = [*environment.pop(_PLUGINS, []), *chosen.pop(_PLUGINS, []), *plugins]
    config = merge(merge(config, with_both_names(environment)), with_both_names(chosen))
    config[_PLUGINS] = list(dict.fromkeys(named))
    config["env_name"] = Path(env).stem if env.endswith(_YAML) else env
    return change(config, changes)


def load_environment(env: str, plugins: Sequence[str] = ()) -> Config:
    """Return what an environment's file says, over the default: ``env``, ``env_args``, ..."""
    roots = [config_root()]
    environment = _read_layer(roots, "envs", "environment configuration", env)
    for key in ("env", "env_args"):
        if key not in environment:
            raise UserError(f"environment configuration '{env}': key '{key}' is missing")
    named = [*environment.pop(_PLUGINS), *plugins]
    config = merge(read_yaml(roots[0] / "default.yaml"), environment)
    return {**config, _PLUGINS: named}


def read_overrides(overrides: Sequence[str]) -> dict[str, object]:
    """Return the values of ``key=value`` strings; UserError for any other string."""
    changes = {}
    for text in overrides:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise UserError(f"cannot read override '{text}': write it as key=value")
        changes[key] = parse_value(value)
    return changes


def change(config: Config, changes: Mapping[str, object]) -> Config:
    """Return the configuration with these values in it and all common keys checked."""
    config = merge({}, config)
    for key, value in with_both_names(changes).items():
        _set(config, key, value)
    parse(RunSettings, config, "configuration")
    return config


def merge(base: Config, layer: Mapping[str, object]) -> Config:
    """Return ``base`` with the values of ``layer``; mappings are merged key by key."""
    merged = dict(base)
    for key, value in layer.items():
        below = merged.get(key)
        merged[key] = (
            merge(below if isinstance(below, dict) else {}, value)
            if isinstance(value, Mapping)
            else value
        )
    return merged


def _read_layer(roots: list[Path], folder: str, kind: str, name: str) -> Config:
    """Merge the files of that name, the lowest root's first, each over what it extends."""
    layer: Config = {}
    for path in _find(roots, folder, kind, name):
        own = read_yaml(path)
        parent = own.pop("extends", None)
        if parent == path.stem:
            raise UserError(f"{path}: extends itself")
        if parent is not None:
            layer = merge(layer, _read_layer(roots, folder, kind, str(parent)))
        plugins = [*layer.get(_PLUGINS, []), *_plugins_beside(path, own.get(_PLUGINS, []))]
        layer = {**merge(layer, own), _PLUGINS: plugins}
    return layer


def _plugins_beside(path: Path, names: object) -> list[str]:
    """Return a file's plugins, whose paths are relative to the file that names them."""
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise UserError(f"{path}: plugins is {names!r}: write a list, as plugins: [my_file.py]")
    return [str(path.parent / name) for name in names]


def _find(roots: list[Path], folder: str, kind: str, name: str) -> list[Path]:
    if name.endswith(_YAML):
        return [Path(name)]
    files = [path for root in reversed(roots) for path in sorted((root / folder).glob("*.yaml"))]
    found = [path for path in files if path.stem == name]
    if not found:
        names = {path.stem for path in files}
        raise UserError(
            f"unknown {kind} '{name}'{nearest(name, names)} "
            f"(legal: {listing(names)}, or the path of a .yaml file)"
        )
    return found


def _set(config: Config, key: str, value: object) -> None:
    *parents, last = key.split(".")
    place = config
    for depth, parent in enumerate(parents):
        below = place.get(parent)
        if not isinstance(below, dict):
            raise _unknown_key(".".join(parents[: depth + 1]), parent, place)
        place = below
    if last not in place:
        raise _unknown_key(key, last, place)
    place[last] = _fit(key, place[last], value)


def _unknown_key(key: str, last: str, place: Config) -> UserError:
    return UserError(f"unknown key '{key}'{nearest(last, place)} (legal here: {listing(place)})")


def parse_value(text: str) -> object:
    """Read a value as a Python literal, else as YAML, else as the text itself."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        pass
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError):
        return text


def _fit(key: str, default: object, value: object) -> object:
    """Return ``value`` in the type of the default that it replaces; "auto" may mean any."""
    if default in (None, "auto") or type(value) is type(default):
        return value
    if isinstance(default, float) and type(value) is int:
        return float(value)
    if type(default) is int and isinstance(value, float) and value.is_integer():
        return int(value)  # 1e6 for a million
    raise UserError(
        f"'{key}' is {value!r}, of type {type(value).__name__}: "
        f"must be of type {type(default).__name__}, as {default!r}"
    )
