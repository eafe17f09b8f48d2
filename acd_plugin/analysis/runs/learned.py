"""What a run learned with: its settings, less what changes nothing of that."""

from __future__ import annotations

import sys
from collections.abc import Hashable, Mapping

from acd_plugin.credentials import shown

Settings = dict[str, Hashable]

_PLACES = {"local_results_path", "mongo_url", "use_tensorboard", "trackers", "tags"}
_INTERVALS = {"test_interval", "log_interval", "runner_log_interval", "learner_log_interval"}
_CHECKPOINTS = {"save_model", "save_model_interval", "keep_checkpoints"}
_MACHINE = {"torch_threads", "device", "use_cuda", "seeds_at_once", "buffer_cpu_only"}
LENGTH = ("t_max", "episodes_max")  # of training
_NAMES = {"env_name", "plugins", "version", "chance"}  # for content in ``game``, for ``numbers``
_PLAIN = {bool, int, float, type(None)}  # of which most values are, of thousands of runs
_NOT_LEARNING = {"seed", *_PLACES, *_INTERVALS, *_CHECKPOINTS, *_MACHINE, *LENGTH, *_NAMES}


def is_learned_with(key: str) -> bool:
    """Return whether a setting may change what is learned, so that it tells runs apart."""
    return key not in _NOT_LEARNING


def learned_settings(config: Mapping[str, object]) -> Settings:
    """Return the settings of a (migrated) configuration, nested keys with dots."""
    found = _flat({key: value for key, value in config.items() if is_learned_with(key)})
    if "game.plugins" in found:  # an algorithm of one's own plays the same game as others
        found["plugins"] = found.pop("game.plugins")
    if "env_args.time_limit" in found:
        found.pop("episode_limit", None)  # which follows from it
    return found


def _flat(config: Mapping[str, object]) -> Settings:
    flat: Settings = {}
    _add(flat, config, "")
    return flat


def _add(flat: Settings, config: Mapping[str, object], prefix: str) -> None:
    for key, value in config.items():
        name = sys.intern(prefix + key) if prefix else key
        if isinstance(value, dict):
            _add(flat, value, f"{name}.")
        else:
            flat[name] = value if type(value) in _PLAIN else _hashable(value)


def _hashable(value: object) -> Hashable:
    if isinstance(value, str):
        return shown(value)  # as it is recorded
    if isinstance(value, list | tuple):
        return tuple(_hashable(inner) for inner in value)
    return value if isinstance(value, Hashable) else repr(value)
