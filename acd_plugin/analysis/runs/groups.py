"""Put runs that differ only by their seed into one group; never others.

What two runs must have in common to be put together are their settings, the content of what they
played (``game``: rules, scenario, ...) and what the same settings and seed lead to (``numbers``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence

from acd_plugin.analysis.runs.run_record import RunRecord

Settings = dict[str, Hashable]

OF_THE_GAME = ("env_args.", "game.", "episode_limit")

_PLACES = {"local_results_path", "mongo_url", "use_tensorboard", "trackers", "tags"}
_INTERVALS = {"test_interval", "log_interval", "runner_log_interval", "learner_log_interval"}
_CHECKPOINTS = {"save_model", "save_model_interval", "keep_checkpoints"}
_MACHINE = {"torch_threads", "device", "use_cuda", "seeds_at_once", "buffer_cpu_only"}
_LENGTH = {"t_max", "episodes_max"}
_NAMES = {"env_name", "plugins", "version", "chance"}  # for content in ``game``, for ``numbers``
_NOT_LEARNING = {"seed", *_PLACES, *_INTERVALS, *_CHECKPOINTS, *_MACHINE, *_LENGTH, *_NAMES}


def grouped(runs: Sequence[RunRecord], by_length: bool = False) -> dict[str, list[RunRecord]]:
    """Return groups by name: the algorithm, and every setting in which its runs differ.

    ``by_length`` also separates runs that were trained for different numbers of steps: their curves
    may be compared, their ends not.
    """
    groups: dict[Hashable, list[RunRecord]] = defaultdict(list)
    for run in runs:
        length = _length(run) if by_length else None
        groups[run.environment, learned_with(run.config), length].append(run)
    has_environments = len({run.environment for run in runs}) > 1
    named = {}
    for group in groups.values():
        first = group[0]
        rivals = [run for run in runs if run.algorithm == first.algorithm]
        parts = [first.algorithm]
        if has_environments:
            parts.append(first.environment)
        parts += named_values(first, different_settings(rivals, beside_environment=True))
        if by_length and len({_length(run) for run in rivals}) > 1:
            parts.append(_length(first))
        named[", ".join(parts)] = group
    return named


def _length(run: RunRecord) -> str:
    """Return for how long a run was to be trained, as names of groups have it."""
    episodes = run.config.get("episodes_max")
    steps = f"t_max={run.config.get('t_max')}"
    return steps if episodes is None else f"{steps}, episodes_max={episodes}"


def settings(run: RunRecord) -> Settings:
    """Return what a run learned with, nested keys with dots."""
    return _settings(run.config)


def named_values(run: RunRecord, keys: Sequence[str]) -> list[str]:
    """Return the run's values of these settings as ``key=value``, as names of groups have them."""
    own = settings(run)
    return [f"{key.removeprefix('env_args.')}={own.get(key)}" for key in keys]


def learned_with(config: Mapping[str, object]) -> Hashable:
    """Return what is equal for two (migrated) configurations that learn alike."""
    found = _settings(config)
    return frozenset((key, value) for key, value in found.items() if not _is_name(key, found))


def different_settings(runs: Sequence[RunRecord], beside_environment: bool = False) -> list[str]:
    """Return the keys of the settings in which these runs are not all alike.

    ``beside_environment`` leaves out what of the game follows from the environment's name.
    """
    found = [settings(run) for run in runs]
    keys = sorted({key for one in found for key in one if not _is_name(key, one)})
    keys = [key for key in keys if _differs(key, found)]
    if beside_environment:
        inside: dict[str, list[Settings]] = defaultdict(list)
        for run, one in zip(runs, found, strict=True):
            inside[run.environment].append(one)
        keys = [
            key
            for key in keys
            if any(_differs(key, same) for same in inside.values())
            or not key.startswith(OF_THE_GAME)
        ]
    return list(dict.fromkeys(_name_of(key, found) for key in keys))


def _differs(key: str, found: Sequence[Settings]) -> bool:
    return len({one.get(key) for one in found}) > 1


def _is_name(key: str, found: Settings) -> bool:
    """Whether a setting only names a scenario whose content is known.

    Names of attackers and the like count beside the content: one file may hold several.
    """
    return key == "env_args.scenario" and "game.scenario" in found


def _name_of(content: str, found: Sequence[Settings]) -> str:
    """Return the setting that names a content, if there is one that tells all contents apart."""
    name = content.replace("game.", "env_args.", 1)
    pairs = {(one.get(name), one.get(content)) for one in found}
    names, contents = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    return name if len(names) == len(contents) == len(pairs) else content


def _settings(config: Mapping[str, object]) -> Settings:
    found = {key: value for key, value in _flat(config).items() if key not in _NOT_LEARNING}
    if "game.plugins" in found:  # an algorithm of one's own plays the same game as others
        found["plugins"] = found.pop("game.plugins")
    if "env_args.time_limit" in found:
        found.pop("episode_limit", None)  # which follows from it
    return found


def _flat(config: Mapping[str, object], prefix: str = "") -> Settings:
    flat: Settings = {}
    for key, value in config.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = _hashable(value)
    return flat


def _hashable(value: object) -> Hashable:
    if isinstance(value, list):
        return tuple(_hashable(inner) for inner in value)
    return value if isinstance(value, Hashable) else repr(value)
