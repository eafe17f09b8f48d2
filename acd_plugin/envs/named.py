"""An environment by the name of its file, with a few of its settings changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import NamedTuple

from acd_plugin.configuration.ignored import refuse_ignored
from acd_plugin.configuration.layers import Config, load_environment, merge
from acd_plugin.configuration.nested import dotted
from acd_plugin.configuration.plain import plain
from acd_plugin.configuration.plugins import load_plugins, plugin_files
from acd_plugin.envs.blueprint import Blueprint, ignored_by
from acd_plugin.envs.registry import blueprint_of
from acd_plugin.errors import UserError


class NamedEnvironment(NamedTuple):
    """What an environment's file says, and what was changed of it."""

    env: str  # a name of the registry
    env_args: Config
    changed: frozenset[str]  # keys with dots

    def blueprint(self) -> Blueprint:
        """Return the environment, read and checked; UserError for what is wrong with it.

        That a change would change nothing is wrong, too.
        """
        made = blueprint_of(self.env, self.env_args)
        refuse_ignored(ignored_by(made), self.changed)
        return made


def named_environment(
    name: str, changes: Mapping[str, object], plugins: Sequence[str] = ()
) -> NamedEnvironment:
    """Return the environment called as after ``--env-config``: a name, or the path of a file.

    ``changes`` are keys of its ``env_args``; of a nested one the others stay as they are. Imports
    ``plugins`` and those that its file names.
    """
    if not isinstance(name, str | PathLike):
        raise UserError(f"the environment is {name!r}: give its name, or the path of its file")
    config = load_environment(str(name), plugin_files(plugins))
    load_plugins(config["plugins"])
    changes = plain(changes)
    changed = frozenset(dotted(changes, config["env_args"], "env_args."))
    return NamedEnvironment(config["env"], merge(config["env_args"], changes), changed)
