"""Which keys a configuration may have, and what each of them may be.

Known are the settings of runs and of the algorithms that come with the package, and the fields of
every component's settings class that was imported: so a plugin makes its keys known by reading them
through such a class.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from acd_plugin.configuration.algorithm_settings import AlgorithmSettings
from acd_plugin.configuration.layer_files import LayerFile, keys_of
from acd_plugin.configuration.other_names import suggestion
from acd_plugin.configuration.plugins import load_plugins
from acd_plugin.configuration.problems import problem_of
from acd_plugin.configuration.run_settings import RunSettings
from acd_plugin.configuration.validation import Settings, field_type, whole
from acd_plugin.errors import Mistakes, UserError, brief

# What components are told beside the configuration: it follows from the environment.
FOUND_OUT = frozenset({"n_agents", "n_actions", "state_shape", "env_name"})

Owners = dict[str, type[Settings]]


def declared_keys() -> Owners:
    """Return all keys with a type, each with the class whose field it is."""
    owners: Owners = {}
    models: list[type[Settings]] = [RunSettings, AlgorithmSettings, *_of_components(Settings)]
    for model in models:
        for name in model.model_fields:
            owners.setdefault(name, model)
    return {name: model for name, model in owners.items() if name not in FOUND_OUT}


def check_value(key: str, value: object, owner: type[Settings]) -> object:
    """Return a key's value in its type; UserError when it is of another, or out of range."""
    field = owner.model_fields[key]
    try:
        return field_type(owner, key).validate_python(whole(value, field.annotation))
    except ValidationError as error:
        message = error.errors(include_url=False)[0]["msg"]
        raise UserError(problem_of(key, value, field, message)) from None


def check_known(config: Mapping[str, object]) -> None:
    """Raise UserError where a configuration that comes from a file has a value that cannot be.

    Keys that are known to nobody may be those of a plugin that was not imported.
    """
    owners = declared_keys()
    for key in config.keys() & owners.keys():
        check_value(key, config[key], owners[key])


class FileKeys:
    """Checks what files say, each with the keys that one may have here.

    A host's own keys are known as well, and may be anything. Plugins are imported, and a host's
    files looked through, only when a key would be unknown otherwise.
    """

    def __init__(self, plugins: Sequence[str], host: Path | None) -> None:
        """``plugins`` are files, ``host`` is the folder of its configuration."""
        self._plugins = plugins
        self._host = host
        self._owners = declared_keys()

    def checked(self, file: LayerFile) -> dict[str, Any]:
        """Return a file's values in their types; UserError for unknown keys and bad values."""
        if file.is_hosts:
            return file.values
        if file.values.keys() - self._owners.keys():
            load_plugins(self._plugins)
            self._owners = declared_keys()
        mistakes, typed = Mistakes(), {}
        for key, value in file.values.items():
            with mistakes.noted():
                typed[key] = self._typed(file, key, value)
        mistakes.tell()
        return typed

    def _refuse_unknown(self, file: LayerFile, key: str) -> None:
        hosts = keys_of(self._host) if self._host is not None else set()
        if key in hosts:
            return
        if key in FOUND_OUT:
            raise UserError(f"{file.at(key)}: '{key}' follows from the environment: leave it out")
        hint = suggestion(key, self._owners.keys() | hosts | {"extends"})
        raise UserError(
            f"{file.at(key)}: unknown key '{brief(key)}'{hint} (docs/configuration.md lists all; "
            "those of a component of your own are the fields of its ComponentSettings)"
        )

    def _typed(self, file: LayerFile, key: str, value: object) -> object:
        if key not in self._owners:
            self._refuse_unknown(file, key)
            return value
        try:
            return check_value(key, value, self._owners[key])
        except UserError as error:
            raise UserError(f"{file.at(key)}: {error}") from None


def _of_components(base: type[Settings]) -> Iterator[type[Settings]]:
    for model in base.__subclasses__():
        if model.declares_keys:
            yield model
        yield from _of_components(model)
