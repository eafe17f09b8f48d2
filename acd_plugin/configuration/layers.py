"""Layered YAML and command-line overrides, merged into one checked configuration.

Later wins: ``default.yaml``, the environment's file, the algorithm's file, ``key=value`` from the
command line. Every legal key stands in one of the files.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ConfigDict, Field

from acd_plugin.configuration.paths import config_root
from acd_plugin.configuration.validation import Settings, parse, read_yaml
from acd_plugin.errors import UserError, listing, nearest

Config = dict[str, Any]


class RunSettings(Settings):
    """The keys that every run has; an algorithm's own keys are checked by the algorithm."""

    model_config = ConfigDict(extra="allow")

    name: str
    env: str
    env_args: dict[str, Any]
    runner: str
    mac: str
    learner: str
    seed: int = Field(ge=0, lt=2**63)
    t_max: int = Field(ge=1)
    test_interval: int = Field(ge=1)
    test_nepisode: int = Field(ge=1)
    log_interval: int = Field(ge=1)
    runner_log_interval: int = Field(ge=1)
    learner_log_interval: int = Field(ge=1)
    local_results_path: str = Field(min_length=1)
    mongo_url: str | None = None
    use_tensorboard: bool
    save_model: bool
    save_model_interval: int = Field(ge=1)
    keep_checkpoints: int = Field(ge=0)
    use_cuda: bool
    buffer_cpu_only: bool
    torch_threads: int = Field(ge=1)
    batch_size: int = Field(ge=1)
    batch_size_run: int = Field(ge=1)
    buffer_size: int = Field(ge=1)


def load_config(
    algorithm: str, env: str, overrides: list[str], below: Path | None = None
) -> Config:
    """Merge and check the configuration of one run.

    ``algorithm`` and ``env`` are names of files in ``config/algs`` and ``config/envs``, or paths
    of YAML files; ``overrides`` are ``key=value`` strings, with dots for nested keys. ``below`` is
    the configuration folder of a host: its ``default.yaml`` is the lowest layer, and its file of an
    algorithm lies under ours. Raises UserError for anything unknown or of the wrong type.
    """
    roots = [config_root(), *([below] if below else [])]
    config: Config = {}
    for root in reversed(roots):
        config = merge(config, read_yaml(root / "default.yaml"))
    config = merge(config, _read_layer(roots[:1], "envs", "environment configuration", env))
    chosen = _read_layer(roots, "algs", "algorithm", algorithm)
    # The environment is the user's choice; some of EPyMARL's algorithm files name one as well.
    chosen = {key: value for key, value in chosen.items() if key not in ("env", "env_args")}
    config = merge(config, chosen)
    config["env_name"] = Path(env).stem if env.endswith((".yaml", ".yml")) else env
    return override(config, overrides)


def override(config: Config, overrides: list[str]) -> Config:
    """Return the configuration with ``key=value`` strings applied and all common keys checked."""
    config = merge({}, config)
    for text in overrides:
        _apply(config, text)
    parse(RunSettings, config, "configuration")
    return config


def merge(base: Config, layer: Mapping[str, Any]) -> Config:
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
        layer = merge(layer, own)
    return layer


def _find(roots: list[Path], folder: str, kind: str, name: str) -> list[Path]:
    if name.endswith((".yaml", ".yml")):
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


def _apply(config: Config, text: str) -> None:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise UserError(f"cannot read override '{text}': write it as key=value")
    *parents, last = key.split(".")
    place = config
    for depth, parent in enumerate(parents):
        below = place.get(parent)
        if not isinstance(below, dict):
            raise _unknown_key(".".join(parents[: depth + 1]), parent, place)
        place = below
    if last not in place:
        raise _unknown_key(key, last, place)
    place[last] = _fit(key, place[last], parse_value(value))


def _unknown_key(key: str, last: str, place: Config) -> UserError:
    return UserError(f"unknown key '{key}'{nearest(last, place)} (legal here: {listing(place)})")


def parse_value(text: str) -> Any:
    """Read a value as a Python literal, else as YAML, else as the text itself."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        pass
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError):
        return text


def _fit(key: str, default: Any, value: Any) -> Any:
    """Return ``value`` in the type of the default that it replaces."""
    if default is None or type(value) is type(default):
        return value
    if isinstance(default, float) and type(value) is int:
        return float(value)
    if type(default) is int and isinstance(value, float) and value.is_integer():
        return int(value)  # 1e6 for a million
    raise UserError(
        f"'{key}' is {value!r}, of type {type(value).__name__}: "
        f"must be of type {type(default).__name__}, as {default!r}"
    )
