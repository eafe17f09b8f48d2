"""The runs of one algorithm on one environment of a plan, checked together."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from acd_plugin.configuration.channel_settings import refuse_wrong_channel
from acd_plugin.configuration.ignored import GATE
from acd_plugin.configuration.keys import declared_keys
from acd_plugin.configuration.layers import Config, change, chosen_keys, configure
from acd_plugin.configuration.nested import dotted, flat
from acd_plugin.envs.blueprint import Blueprint, ignored_by
from acd_plugin.errors import Mistakes
from acd_plugin.experiments.plan_file import Budget
from acd_plugin.experiments.sweep import SET_BY_THE_PLAN, Varied
from acd_plugin.running.run_spec import RunSpec, refuse_held_out, resolve
from acd_plugin.running.variants import Variant, each_once, expanded, for_whom_talks, variant

EPISODES_PER_EPOCH = 128  # as the paper counts, for every algorithm
_NO_TEXT = ("true", "false", "null", "none")  # which would be read as something else


@dataclass(frozen=True)
class Job:
    """One run of a plan."""

    algorithm: str  # name in the plan, with what is varied
    environment: str  # the same
    seed: int
    evaluation_episodes: int
    spec: RunSpec = field(compare=False)
    command_line: str = field(compare=False)  # with which a person can repeat it
    base: tuple[str, str] = field(compare=False)  # names of both in the plan, without a sweep
    swept: Mapping[str, object] = field(compare=False)  # settings that the plan varies
    variants: Sequence[Variant] = field(compare=False, default=())  # where it is played, too

    @property
    def name(self) -> str:
        return f"{self.algorithm} on {self.environment}, seed {self.seed}"


class Pairs:
    """Makes the jobs of a plan; equal environments are read once."""

    def __init__(
        self,
        of_all: Mapping[str, object],
        plugins: Sequence[str],
        changes: Mapping[str, object],
        evaluate_on: Sequence[Mapping[str, object]] = (),
        shared: Collection[str] = (),
    ) -> None:
        """``shared`` are the keys, with dots, ``of_all`` that may change nothing for a pair."""
        self._of_all = of_all
        self._shared = shared
        self._changes = changes
        self._plugins = plugins
        self._evaluate_on = evaluate_on
        self._unused = _of([*of_all, *(key for one in evaluate_on for key in one)])
        self._unchanged: dict[tuple[str, str], Config] = {}
        self._blueprints: dict[str, Blueprint] = {}

    def jobs(self, row: Varied, column: Varied, spent: Budget) -> list[Job]:
        """Return the runs of one algorithm on one environment, one for each seed."""
        algorithm, environment = row.choice.config, column.choice.config
        unchanged = self._configuration(algorithm, environment)
        mistakes = Mistakes()
        merged = _merge_changes(unchanged, self._of_all_for(unchanged), row, column, mistakes)
        changes, config = {**merged, **self._changes}, unchanged
        with mistakes.noted():
            config = change(unchanged, changes)
            refuse_wrong_channel(config)
        mistakes.tell()
        of_column = flat(column.choice.with_).keys() - ({GATE} & {*self._shared})
        own = flat(row.choice.with_).keys() | of_column
        chosen = {k: v for k, v in flat(changes).items() if k in own or k not in self._shared}
        keys = chosen_keys(algorithm, environment, chosen)
        spec = self._read(config, keys, _idle_at_some_points(keys, {**row.values, **column.values}))
        refuse_held_out(spec)
        games = spent.epochs * EPISODES_PER_EPOCH
        length = {"t_max": games * spec.sizes.episode_limit, "episodes_max": games}
        words = [f"--config={algorithm}", f"--env-config={environment}"]
        words += [f"--plugin={file}" for file in self._plugins]
        variants = self._variants(spec)
        spec = spec.changed(**length)
        jobs = []
        for seed in spent.seeds:
            jobs.append(
                Job(
                    row.name,
                    column.name,
                    seed,
                    spent.evaluation_episodes,
                    spec.seeded(seed),
                    _command(words, {**changes, **length, "seed": seed}),
                    (row.base, column.base),
                    {**row.values, **column.values},
                    variants,
                )
            )
        return jobs

    def _configuration(self, algorithm: str, environment: str) -> Config:
        """Return what the files of a pair say, which a sweep changes many times."""
        pair = algorithm, environment
        if pair not in self._unchanged:
            self._unchanged[pair] = configure(*pair, {}, plugins=self._plugins)
        return self._unchanged[pair]

    def _of_all_for(self, unchanged: Config) -> dict[str, object]:
        """Return what is set for all, less what is a setting of other algorithms than this one."""
        known = unchanged.keys() | (_of(self._of_all) - declared_keys().keys())
        own = {key: value for key, value in self._of_all.items() if _of([key]) <= known}
        self._unused -= _of(own)
        return own

    def refuse_unused(self) -> None:
        """Raise UserError for what is set for all and is a setting of no algorithm of the plan."""
        mistakes = Mistakes()
        for key in sorted(self._unused):
            mistakes.add(f"'{key}' is a setting of other algorithms than these: leave it out")
        mistakes.tell()

    def _variants(self, spec: RunSpec) -> list[Variant]:
        """Return in what a run is played besides its own game, each once."""
        found = []
        mistakes = Mistakes()
        for of_all in self._evaluate_on:
            changes = for_whom_talks(of_all, spec.config)
            self._unused -= _of(changes)
            if not changes:
                continue
            with mistakes.noted():
                for one in expanded(changes, spec.config):
                    config = change(spec.config, one)
                    refuse_wrong_channel(config)
                    played = self._read(config, frozenset(one) - {*self._shared})
                    found.append(variant(spec.config, one, played))
        mistakes.tell()
        others = [one for one in each_once(found) if one.overrides]
        if others:
            from acd_plugin.running.misfits import refuse_other_sizes  # noqa: PLC0415 - loads torch

            refuse_other_sizes(spec, [one.spec for one in others])
        return others

    @property
    def ignored_by_all(self) -> dict[str, str]:
        """Keys of ``env_args`` that change nothing in any of the games, each with a reason."""
        first, *others = [ignored_by(made) for made in self._blueprints.values()] or [{}]
        return {key: reason for key, reason in first.items() if all(key in one for one in others)}

    def _read(
        self, config: Config, chosen: frozenset[str], may_be_idle: frozenset[str] = frozenset()
    ) -> RunSpec:
        key = repr([config[name] for name in ("env", "env_args", "plugins")])
        known = self._blueprints.get(key)
        spec = resolve(config, blueprint=known, chosen=chosen, may_be_idle=may_be_idle)
        self._blueprints[key] = spec.blueprint
        return spec


def _of(keys: Iterable[str]) -> set[str]:
    """Return the settings that keys with dots lie in."""
    return {key.partition(".")[0] for key in keys}


def _idle_at_some_points(keys: frozenset[str], swept: Mapping[str, object]) -> frozenset[str]:
    """Return the keys that may change nothing at one point of a sweep, and something at another.

    What is swept alone does nothing at any point if it does nothing at one.
    """
    if not swept:
        return frozenset()
    return keys - swept.keys() if len(swept) == 1 else keys


def _command(words: list[str], changes: Mapping[str, object]) -> str:
    overrides = [f"{key}={_word(value)}" for key, value in changes.items() if key != "mongo_url"]
    return shlex.join(["python", "main.py", "train", *words, "with", *overrides])


def _word(value: object) -> str:
    """Return a value as a person would type it; a plain name needs no quotes."""
    if isinstance(value, str) and value.isidentifier() and value.lower() not in _NO_TEXT:
        return value
    return repr(value)


def _merge_changes(
    unchanged: Config,
    of_all: Mapping[str, object],
    row: Varied,
    column: Varied,
    mistakes: Mistakes,
) -> dict[str, object]:
    """Return what a pair changes in its ``unchanged`` configuration, by keys with dots.

    A key may be written with dots in one place and nested in another. Adds to the mistakes what
    contradicts itself or cannot be changed.
    """
    parts = (of_all, column.choice.with_, row.choice.with_)
    found: list[dict[str, object]] = []
    for part in parts:
        with mistakes.noted():
            found.append(dotted(part, unchanged))
    if len(found) < len(parts):
        return {}
    shared, others, own = found
    problems = [
        f"algorithm '{row.base}' sets {key}={own[key]!r} and environment '{column.base}' "
        f"{others[key]!r}"
        for key in own.keys() & others.keys()
        if own[key] != others[key]
    ]
    merged = {**shared, **others, **own}
    problems += [f"'{key}' is set by the plan's budget" for key in SET_BY_THE_PLAN if key in merged]
    mistakes.add(*sorted(problems))
    return merged
