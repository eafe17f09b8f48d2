"""Settings as Python writes them, turned into the keys and words of the command line."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

from acd_plugin.configuration.layers import Config
from acd_plugin.configuration.nested import dotted
from acd_plugin.configuration.plain import plain

_CHANNEL = "channel"


def command(config: str | Path, env: str | Path, changes: Mapping[str, object]) -> str:
    """Return the command line that trains the same."""
    words = ["acd-plugin", f"--config={config}", f"--env-config={env}"]
    overrides = [f"{key}={value}" for key, value in changes.items()]
    return shlex.join([*words, *(["with", *overrides] if overrides else [])])


def of_environment(env_args: Mapping[str, object], defaults: Config) -> dict[str, object]:
    """Return settings of an environment under their keys with dots."""
    return dotted(plain(env_args), defaults, "env_args.")


def of_policy(settings: Mapping[str, object], config: Config) -> dict[str, object]:
    """Return what a policy is to be played with, under keys with dots.

    ``settings`` are those of its environment, and of the channel: ``{"channel": {"loss": 1}}`` or
    ``{"channel.loss": 1}``, unless the environment has a ``channel`` of its own.
    """
    defaults = config["env_args"]
    of_channel = {
        key: value
        for key, value in settings.items()
        if str(key).partition(".")[0] == _CHANNEL and _CHANNEL not in defaults
    }
    others = {key: value for key, value in settings.items() if key not in of_channel}
    return {**of_environment(others, defaults), **dotted(plain(of_channel), config)}
