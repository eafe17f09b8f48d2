"""Settings that a plan varies: every combination of lists, or random draws of lists and ranges."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

import numpy as np
from pydantic import Field, model_validator

from acd_plugin.analysis.runs.learned import is_learned_with
from acd_plugin.configuration.combinations import crossed
from acd_plugin.configuration.nested import flat
from acd_plugin.configuration.ranges import Seed
from acd_plugin.configuration.validation import Settings
from acd_plugin.errors import Mistakes, UserError

SET_BY_THE_PLAN = ("seed", "t_max", "episodes_max", "local_results_path")
MOST_SETTINGS = 1000  # of one choice: more are never meant
_DIGITS = 3  # that count, of a drawn number: names and commands stay readable
_TRIES = 100  # for each draw, until no new setting is found any more


class Range(Settings):
    """Numbers from ``low`` to ``high``; whole ones if both ends are."""

    low: int | float
    high: int | float
    log: bool = False  # as many draws between 1 and 10 as between 10 and 100

    @model_validator(mode="after")
    def _has_numbers(self) -> Range:
        if self.low >= self.high:
            raise ValueError(f"low is {self.low} and high {self.high}: low must be below high")
        if self.log and self.low <= 0:
            raise ValueError(f"low is {self.low}: a range with log must begin above 0")
        return self

    @property
    def is_whole(self) -> bool:
        return isinstance(self.low, int) and isinstance(self.high, int)

    def rounded(self, number: float) -> int | float:
        """Return a number of the range as runs get it."""
        if self.is_whole:
            return min(int(self.high), max(int(self.low), round(number)))
        return min(self.high, max(self.low, float(f"{number:.{_DIGITS}g}")))

    def draw(self, rng: np.random.Generator) -> int | float:
        if self.log:
            return self.rounded(math.exp(rng.uniform(math.log(self.low), math.log(self.high))))
        if self.is_whole:
            return int(rng.integers(int(self.low), int(self.high), endpoint=True))
        return self.rounded(rng.uniform(self.low, self.high))


Values = Annotated[list[Any], Field(min_length=1)] | Range


class Choice(Settings):
    """A configuration file, what is different from it, and what is varied."""

    config: str  # a name in config/algs or config/envs, or a path
    with_: dict[str, Any] = Field(default={}, alias="with")
    sweep: dict[str, Values] = Field(default={})
    draws: int | None = Field(default=None, ge=1, le=MOST_SETTINGS)  # None: every combination
    draws_seed: Seed = 0


class Varied(NamedTuple):
    """One setting of a choice; a choice without a sweep has one."""

    base: str  # the choice's name in the plan
    values: Mapping[str, object]  # of the keys that are swept
    choice: Choice

    @property
    def name(self) -> str:
        return ", ".join([self.base, *(f"{key}={value}" for key, value in self.values.items())])


def varied(name: str, choice: Choice) -> list[Varied]:
    """Return the settings of a choice; UserError for a sweep that is contradictory or too large."""
    mistakes = Mistakes()
    twice = choice.sweep.keys() & {*choice.with_, *flat(choice.with_)}
    if twice:
        mistakes.add(f"'{name}': {', '.join(sorted(twice))} stands in 'with' and in 'sweep'")
    for key, values in choice.sweep.items():
        with mistakes.noted():
            _check_swept(name, key, values)
    if choice.draws is not None and not choice.sweep:
        mistakes.add(f"'{name}': 'draws' needs a 'sweep' to draw from")
    mistakes.tell()
    settings = _grid(name, choice) if choice.draws is None else _drawn(choice, choice.draws)
    return [Varied(name, values, with_values(choice, values)) for values in settings]


def _check_swept(name: str, key: str, values: list[Any] | Range) -> None:
    if key in SET_BY_THE_PLAN:
        return  # told with those in 'with'
    if key == "name":
        raise UserError(
            f"'{name}': its sweep has 'name', which only says what an algorithm is called: write "
            "an entry of its own under 'algorithms' for each"
        )
    if not is_learned_with(key):
        raise UserError(
            f"'{name}': its sweep has '{key}', which does not change what is learned: its values "
            "would be repeats of each other: leave it out"
        )
    if isinstance(values, list) and (twice := repeated(values)):
        raise UserError(f"'{name}': its sweep of {key} has {twice[0]!r} twice: once is enough")


def repeated(values: Sequence[Any]) -> list[Any]:
    """Return the values that are there more than once; True is not 1."""
    kinds = [(isinstance(value, bool), value) for value in values]
    return [value for place, (_, value) in enumerate(kinds) if kinds[place] in kinds[:place]]


def with_values(choice: Choice, values: Mapping[str, object]) -> Choice:
    """Return one setting of a choice as a choice of its own."""
    return Choice.model_validate({"config": choice.config, "with": {**choice.with_, **values}})


def _grid(name: str, choice: Choice) -> list[dict[str, Any]]:
    lists = {key: values for key, values in choice.sweep.items() if isinstance(values, list)}
    if ranges := choice.sweep.keys() - lists.keys():
        raise UserError(
            f"'{name}': {', '.join(sorted(ranges))} is a range: say how many settings are drawn "
            "from it with 'draws: 10', or give a list"
        )
    size = math.prod(len(values) for values in lists.values())
    if size > MOST_SETTINGS:
        raise UserError(
            f"'{name}': its sweep has {size:,} settings: at most {MOST_SETTINGS:,}; give fewer "
            "values, or draw some of them with 'draws: 10'"
        )
    return crossed(lists)


def _drawn(choice: Choice, draws: int) -> list[dict[str, Any]]:
    """Return so many different settings, fewer if there are not as many."""
    rng = np.random.default_rng(choice.draws_seed)
    found: dict[str, dict[str, Any]] = {}
    for _ in range(_TRIES * draws):
        one = {key: _one(values, rng) for key, values in choice.sweep.items()}
        found.setdefault(repr(one), one)
        if len(found) == draws:
            break
    return list(found.values())


def _one(values: list[Any] | Range, rng: np.random.Generator) -> object:
    return values.draw(rng) if isinstance(values, Range) else values[int(rng.integers(len(values)))]
