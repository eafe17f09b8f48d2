"""Put runs that differ only by their seed into one group; never others.

What two runs must have in common to be put together are their settings, the content of what they
played (``game``: rules, scenario, ...) and what the same settings and seed lead to (``numbers``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence

from acd_plugin.analysis.runs.learned import LENGTH, Settings, learned_settings
from acd_plugin.analysis.runs.run_record import RunRecord

_NAMES = ("env_args.scenario",)
_WHAT_A_TEAM_SEES = "env_args.sees"  # tells groups apart, but not the games that they play
_OF_DRAWN_NETWORKS = ("env_args.generator", "env_args.networks", "env_args.games_per_network")
BETWEEN = ", "  # the parts of a name
OF_THE_GAME = ("env_args.", "game.", "episode_limit")


def grouped(runs: Sequence[RunRecord], by_length: bool = False) -> dict[str, list[RunRecord]]:
    """Return groups by name: the algorithm, and every setting in which its runs differ.

    ``by_length`` also separates runs that were trained for different numbers of steps, and where an
    environment has several lengths, says it of all groups.
    """
    groups: dict[Hashable, list[RunRecord]] = defaultdict(list)
    rivals: dict[str, list[RunRecord]] = defaultdict(list)
    for run in runs:
        length = length_of(run) if by_length else None
        groups[run.environment, learned_by(run), length].append(run)
        rivals[run.algorithm].append(run)
    has_environments = len({run.environment for run in runs}) > 1
    differing = {name: different_settings(same, True) for name, same in rivals.items()}
    lengths = {(run.environment, length_of(run)) for run in runs}
    uneven = {name for name, times in Counter(name for name, _ in lengths).items() if times > 1}
    named = {}
    for group in groups.values():
        first = group[0]
        parts = [first.algorithm]
        if has_environments:
            parts.append(first.environment)
        parts += named_values(first, differing[first.algorithm])
        if by_length and first.environment in uneven:
            parts.append(length_of(first))
        named[BETWEEN.join(parts)] = group
    return named


def length_of(run: RunRecord) -> str:
    """Return for how long a run was to be trained, as names of groups have it."""
    return BETWEEN.join(f"{key}={value}" for key, value in length_settings(run).items())


def length_settings(run: RunRecord) -> Settings:
    """Return the settings that say for how long a run was to be trained."""
    found = {key: run.config.get(key) for key in LENGTH}
    return {key: value for key, value in found.items() if key == "t_max" or value is not None}


def is_of_length(part: str) -> bool:
    """Return whether a part of a group's name says for how long its runs were trained."""
    return part.partition("=")[0] in LENGTH


def without_length(name: str) -> str:
    """Return a group's name without the parts that say for how long its runs were trained."""
    return BETWEEN.join(part for part in name.split(BETWEEN) if not is_of_length(part))


def settings(run: RunRecord) -> Settings:
    """Return what a run learned with, nested keys with dots."""
    return run.settings


def settings_that_count(run: RunRecord) -> Settings:
    """Return the same without those of drawn networks where none are drawn."""
    found = settings(run)
    if found.get("env") != "cyborg" or found.get("env_args.scenario") == "generated":
        return found
    return {key: value for key, value in found.items() if not key.startswith(_OF_DRAWN_NETWORKS)}


def as_typed(value: object) -> str:
    """Return a setting's value as it is typed after ``key=``; lists are held as tuples."""
    return str(list(value) if isinstance(value, tuple) else value)


def named_values(run: RunRecord, keys: Sequence[str]) -> list[str]:
    """Return the run's values of these settings as ``key=value``, as names of groups have them."""
    own = settings(run)
    return [f"{key.removeprefix('env_args.')}={own.get(key)}" for key in keys]


def learned_with(config: Mapping[str, object]) -> frozenset[tuple[str, Hashable]]:
    """Return what is equal for two (migrated) configurations that learn alike."""
    return _learned_with(learned_settings(config))


def learned_by(run: RunRecord) -> frozenset[tuple[str, Hashable]]:
    """Return `learned_with` of a run."""
    return _learned_with(run.settings)


def _learned_with(found: Settings) -> frozenset[tuple[str, Hashable]]:
    names = {(key, found[key]) for key in _NAMES if key in found and _is_name(key, found)}
    return frozenset(found.items()) - names


def different_settings(runs: Sequence[RunRecord], beside_environment: bool = False) -> list[str]:
    """Return the keys of the settings in which these runs are not all alike.

    ``beside_environment`` leaves out what of the game follows from the environment's name.
    """
    # Each once: a thousand runs may be repeats of a few.
    alike = {(run.environment, frozenset(run.settings.items())): run for run in runs}
    found = [settings(run) for run in alike.values()]
    keys = sorted({key for one in found for key in one if not _is_name(key, one)})
    keys = [key for key in keys if _differs(key, found)]
    if beside_environment:
        inside: dict[str, list[Settings]] = defaultdict(list)
        for run, one in zip(alike.values(), found, strict=True):
            inside[run.environment].append(one)
        keys = [
            key
            for key in keys
            if any(_differs(key, same) for same in inside.values())
            or not key.startswith(OF_THE_GAME)
        ]
    return list(dict.fromkeys(_name_of(key, found) for key in keys))


def different_games(runs: Sequence[RunRecord]) -> list[str]:
    """Return the settings of the game in which these runs are not all alike.

    What a team sees of a game is none of them: a team that sees everything is what the others are
    measured by, and its return counts the same.
    """
    return [
        key
        for key in different_settings(runs)
        if key.startswith(OF_THE_GAME) and key != _WHAT_A_TEAM_SEES
    ]


def _differs(key: str, found: Sequence[Settings]) -> bool:
    return len({one.get(key) for one in found}) > 1


def _is_name(key: str, found: Settings) -> bool:
    """Whether a setting only names a scenario whose content is known.

    Names of attackers and the like count beside the content: one file may hold several.
    """
    return key in _NAMES and "game.scenario" in found


def _name_of(content: str, found: Sequence[Settings]) -> str:
    """Return the setting that names a content, if there is one that tells all contents apart."""
    name = content.replace("game.", "env_args.", 1)
    pairs = {(one.get(name), one.get(content)) for one in found}
    names, contents = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    return name if len(names) == len(contents) == len(pairs) else content
