"""An experiment as a file: what is compared, on what, how often and for how long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field, field_validator

from acd_plugin.configuration.ignored import GATE
from acd_plugin.configuration.nested import flat
from acd_plugin.configuration.ranges import MOST_EVALUATED, Seed
from acd_plugin.configuration.validation import Name, Settings, sound_fields
from acd_plugin.errors import UserError, find, listing
from acd_plugin.experiments.sweep import Choice, repeated

_ENTRIES = ("algorithms", "environments", "budgets")  # parts with entries that have names


class Budget(Settings):
    """How much is spent on each pair of algorithm and environment."""

    seeds: list[Seed] = Field(min_length=1)
    epochs: int = Field(ge=1, le=10**12)  # of 128 episodes
    evaluation_episodes: int = Field(ge=2, le=MOST_EVALUATED)  # greedy games of each finished run

    @field_validator("seeds")
    @classmethod
    def _are_different(cls, seeds: list[int]) -> list[int]:
        if twice := repeated(seeds):
            raise ValueError(f"names {twice[0]} twice: every seed is trained once")
        return seeds


class PlanFile(Settings):
    """The file's content; the names of algorithms and environments are those of the report."""

    title: str
    algorithms: dict[Name, Choice] = Field(min_length=1)
    environments: dict[Name, Choice] = Field(min_length=1)
    budgets: dict[str, Budget] = Field(min_length=1)
    with_: dict[str, Any] = Field(default={}, alias="with")  # for all runs
    # Variants of its environment in which every finished run is played; lists are several values.
    evaluate_on: list[dict[str, Any]] = Field(default=[])

    def budget(self, path: str, name: str | None) -> Budget:
        """Return the budget of this name, or, if it is None, ``full`` or the only one there is."""
        if name is None and "full" not in self.budgets:
            if len(self.budgets) > 1:
                legal = listing(self.budgets)
                raise UserError(f"{path} has several budgets: choose one by --budget ({legal})")
            return next(iter(self.budgets.values()))
        return find(self.budgets, f"budget of {path}", name or "full")


def sound_part(content: Mapping[str, object]) -> PlanFile:
    """Return of a plan with mistakes what is right, each entry by itself."""
    kept = dict(content)
    for part in _ENTRIES:
        named = content.get(part)
        if isinstance(named, Mapping):
            kept[part] = {
                name: entry
                for name, entry in named.items()
                if sound_fields(PlanFile, {part: {name: entry}}).get(part)
            }
    nothing = {"title": "", "with_": {}, "evaluate_on": [], **{part: {} for part in _ENTRIES}}
    return PlanFile.model_construct(None, **{**nothing, **sound_fields(PlanFile, kept)})


def shared_settings(file: PlanFile, has_all: bool) -> set[str]:
    """Return the settings, with dots, that may change nothing for some runs.

    They are of all runs, or of where all are played, and there are several algorithms, or, if they
    are the environment's, several environments; or they are for those of several algorithms that
    talk. Of a plan that cannot be read as a whole, there may be several of both.
    """
    algorithms = len(file.algorithms) > 1 or not has_all
    environments = len(file.environments) > 1 or not has_all
    several = {True: environments, False: algorithms}
    of_all = flat(file.with_).keys() | {key for one in file.evaluate_on for key in flat(one)}
    found = {key for key in of_all if several[key.startswith("env_args")]}
    return found | {GATE} if algorithms else found
