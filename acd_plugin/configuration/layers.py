"""Layered YAML and command-line overrides, merged into one checked configuration.

Later wins: ``default.yaml``, the environment's file, the algorithm's file, ``key=value`` from the
command line. Every legal key stands in one of the files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from acd_plugin.configuration.core_schema import NULLS
from acd_plugin.configuration.device import with_both_names
from acd_plugin.configuration.ignored import GATE
from acd_plugin.configuration.keys import FOUND_OUT, FileKeys, check_value, declared_keys
from acd_plugin.configuration.layer_files import YAML_ENDINGS, LayerFile, files_of
from acd_plugin.configuration.nested import dotted, flat
from acd_plugin.configuration.other_names import suggestion
from acd_plugin.configuration.paths import config_root
from acd_plugin.configuration.run_settings import RunSettings
from acd_plugin.configuration.validation import parse
from acd_plugin.configuration.yaml_file import read_yaml
from acd_plugin.configuration.yaml_text import YamlTextError, read_text
from acd_plugin.errors import Mistakes, UserError, brief, listing

Config = dict[str, Any]
_PLUGINS = "plugins"
_ENVIRONMENTS = ("env", "env_args")  # keys of an environment's file alone
_MANY = 20  # keys that are not all named beside the one that was probably meant
_NULLS = NULLS | {"None"}  # as the program prints it in the commands that it records


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
        config = merge(config, read_yaml(root / "default.yaml", repeats=root == below))
    environments: list[LayerFile] = []
    algorithms: list[LayerFile] = []
    mistakes = Mistakes()
    with mistakes.noted():
        environments = files_of(roots[:1], "envs", "environment configuration", env)
    with mistakes.noted():
        algorithms = files_of(roots, "algs", "algorithm", algorithm)
    mistakes.tell()
    named = [*(name for file in environments + algorithms for name in file.plugins), *plugins]
    keys = FileKeys(named, below)
    environment: Config = {}
    chosen: Config = {}
    with mistakes.noted():
        environment = _merged(environments, keys)
    with mistakes.noted():
        chosen = _merged([_of_the_algorithm(file) for file in algorithms], keys)
    mistakes.tell()
    config = merge(merge(config, with_both_names(environment)), with_both_names(chosen))
    config[_PLUGINS] = list(dict.fromkeys(named))
    config["env_name"] = Path(env).stem if env.endswith(YAML_ENDINGS) else env
    return change(config, changes)


def chosen_keys(
    algorithm: str, env: str, changes: Mapping[str, object], below: Path | None = None
) -> frozenset[str]:
    """Return the keys that a user sets: in files of his own, and by ``changes``.

    Of settings in settings each is named, with dots; of those in files, which may have to be
    complete, not what lies deeper.
    """
    roots = [config_root(), *([below] if below else [])]
    environments = _chosen_in(files_of(roots[:1], "envs", "environment configuration", env))
    algorithms = _chosen_in(files_of(roots, "algs", "algorithm", algorithm))
    of_all = {GATE, *RunSettings.model_fields}  # that train in an environment, whatever they are
    return frozenset([*environments - of_all, *algorithms, *flat(changes)])


def _chosen_in(files: Sequence[LayerFile]) -> set[str]:
    own = [file for file in files if not file.is_hosts and config_root() not in file.path.parents]
    return {key for file in own for key in _with_dots(file.values)}


def _with_dots(chosen: Mapping[str, object]) -> Iterator[str]:
    for key, value in chosen.items():
        if isinstance(value, Mapping):
            yield from (f"{key}.{inner}" for inner in value)
        else:
            yield key


def load_environment(env: str, plugins: Sequence[str] = ()) -> Config:
    """Return what an environment's file says, over the default: ``env``, ``env_args``, ..."""
    roots = [config_root()]
    files = files_of(roots, "envs", "environment configuration", env)
    named = [*(name for file in files for name in file.plugins), *plugins]
    environment = _merged(files, FileKeys(named, None))
    for key in _ENVIRONMENTS:
        if key not in environment:
            raise UserError(f"environment configuration '{env}': key '{key}' is missing")
    config = merge(read_yaml(roots[0] / "default.yaml"), environment)
    return {**config, _PLUGINS: named}


def read_overrides(overrides: Sequence[str]) -> dict[str, object]:
    """Return the values of ``key=value`` strings; UserError for any other string."""
    changes = {}
    for text in overrides:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise UserError(f"cannot read override '{brief(text)}': write it as key=value")
        try:
            changes[key] = parse_value(value)
        except YamlTextError as error:
            advice = (
                f"write each setting inside {key} by itself, as {key}.NAME=VALUE"
                if value.startswith("{")
                else "text with such characters needs quotes"
            )
            raise UserError(
                f"cannot read override '{brief(text)}': not valid YAML ({error}); {advice}"
            ) from None
    return changes


def change(config: Config, changes: Mapping[str, object]) -> Config:
    """Return the configuration with these values in it and all common keys checked."""
    config = merge({}, config)
    mistakes = Mistakes()
    for key, value in dotted(with_both_names(changes), config).items():
        with mistakes.noted():
            _set(config, key, value)
    mistakes.tell()
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


def _merged(files: Sequence[LayerFile], keys: FileKeys) -> Config:
    merged: Config = {}
    for file in files:
        merged = merge(merged, keys.checked(file))
    return merged


def _of_the_algorithm(file: LayerFile) -> LayerFile:
    """Return an algorithm's file less the environment, which some of EPyMARL's name as well.

    UserError when it stands in any other file: it is chosen by itself.
    """
    values = {key: value for key, value in file.values.items() if key not in _ENVIRONMENTS}
    if len(values) < len(file.values) and not file.is_hosts:
        key = min(file.values.keys() - values.keys())
        raise UserError(f"{file.at(key)}: '{key}' belongs into a file for --env-config")
    return file._replace(values=values)


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
    if key in FOUND_OUT:
        raise UserError(f"'{key}' follows from the environment: leave it out")
    owner = None if parents else declared_keys().get(key)
    fit = _fit(key, place[last], value) if owner is None else check_value(key, value, owner)
    place[last] = fit


def _unknown_key(key: str, last: str, place: Config) -> UserError:
    if key in declared_keys() and last not in place:
        return UserError(
            f"'{key}' is a setting of other algorithms, and none of this one: leave it out, or "
            "choose another --config"
        )
    hint = suggestion(last, _with_nested(place))
    legal = f"legal here: {listing(place)}"
    if len(place) > _MANY:
        legal = "docs/configuration.md lists all"
    return UserError(f"unknown key '{brief(key)}'{hint} ({legal})")


def _with_nested(place: Config) -> Iterator[str]:
    """Return the keys of a place, and with dots those of what lies in it."""
    for key, value in place.items():
        yield key
        if isinstance(value, dict):
            yield from (f"{key}.{inner}" for inner in _with_nested(value))


def parse_value(text: str) -> object:
    """Return the value that a text on the command line means, as YAML; None is null as well.

    Raises YamlTextError for what is no YAML.
    """
    return read_text(text, _NULLS).value


def _fit(key: str, default: object, value: object) -> object:
    """Return ``value`` in the type of the default that it replaces.

    None and "auto" may be replaced by any, and None, where it may stand, replaces any.
    """
    if default in (None, "auto") or value is None or type(value) is type(default):
        return value
    if isinstance(default, float) and type(value) is int:
        return float(value)
    if type(default) is int and isinstance(value, float) and value.is_integer():
        return int(value)  # 1e6 for a million
    raise UserError(
        f"'{key}' is {brief(repr(value))}, of type {type(value).__name__}: "
        f"must be of type {type(default).__name__}, as {brief(repr(default))}"
    )
