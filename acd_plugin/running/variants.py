"""Variants of the environment that a policy was trained in: the same policy is played in each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod

from acd_plugin.configuration.algorithm_settings import talks
from acd_plugin.configuration.combinations import crossed, side_by_side
from acd_plugin.configuration.layers import Config
from acd_plugin.configuration.nested import value_at, written
from acd_plugin.errors import Mistakes, UserError
from acd_plugin.running.run_spec import RunSpec, changed_content
from acd_plugin.tracking.evaluations import COMMON_SEED, Evaluation, find_evaluation

MOST_VARIANTS = 1000  # of one environment: more are never meant
_OF_THE_ENVIRONMENT = "env_args."
_ON_THE_WAY = "channel."  # of messages
Changes = Mapping[str, object]  # of settings of the environment, with dots in their keys


@dataclass(frozen=True)
class Variant:
    """An environment in which a policy is played."""

    changes: Changes  # of the one that it was trained in
    overrides: tuple[str, ...]  # those that make a difference, as ``key=value``; none at home
    spec: RunSpec

    @cached_property
    def game(self) -> dict[str, str]:
        """Short names of the contents that define the game, as runs record them."""
        return dict(self.spec.blueprint.identity)

    @property
    def name(self) -> str:
        """What is different, in a few words."""
        told = (override.removeprefix(_OF_THE_ENVIRONMENT) for override in self.overrides)
        return ", ".join(told) or "as trained"


def refuse_changes_of_the_policy(changes: Changes, verb: str) -> None:
    """Raise UserError for what a trained policy cannot be played with."""
    mistakes = Mistakes()
    for key, value in changes.items():
        if not key.startswith((_OF_THE_ENVIRONMENT, _ON_THE_WAY)):
            mistakes.add(
                f"cannot {verb} with '{key}={value}': a trained policy plays with its own "
                "settings, and only the environment may change (env_args.KEY=VALUE), what happens "
                "to messages (channel.KEY=VALUE), and device"
            )
    mistakes.tell()


def for_whom_talks(changes: Changes, config: Config) -> dict[str, object]:
    """Return the changes that mean anything to a policy: none of messages if it sends none."""
    if talks(config):
        return dict(changes)
    return {key: value for key, value in changes.items() if not key.startswith(_ON_THE_WAY)}


def has_lists(changes: Changes, config: Config) -> bool:
    """Return whether these changes mean several variants of a configuration's environment."""
    return any(_is_list_of_values(value, value_at(config, key)) for key, value in changes.items())


def expanded(changes: Changes, config: Config, together: bool = False) -> list[dict[str, object]]:
    """Return what changes with lists mean: all combinations, or ``together`` the first values of
    all lists, then the second ones.

    A list is several values, unless the setting is itself a list. Raises UserError for a list
    without values, lists of different lengths together, and more variants than anybody can mean.
    """
    lists = {
        key: value
        for key, value in changes.items()
        if isinstance(value, list) and _is_list_of_values(value, value_at(config, key))
    }
    for key, values in lists.items():
        if not values:
            raise UserError(f"'{key}=[]' names no value: give one at least, or leave it out")
    lengths = {len(values) for values in lists.values()}
    if together and len(lengths) > 1:
        told = ", ".join(f"{key} has {len(values)}" for key, values in lists.items())
        raise UserError(f"lists side by side must be of one length, and {told}")
    size = max(lengths, default=1) if together else prod(map(len, lists.values()))
    if size > MOST_VARIANTS:
        raise UserError(
            f"{' x '.join(lists)} are {size:,} variants: at most {MOST_VARIANTS:,}; give fewer "
            "values"
        )
    combined = side_by_side(lists) if together and lists else crossed(lists)
    return [{**changes, **values} for values in combined]


def variant(config: Config, changes: Changes, spec: RunSpec) -> Variant:
    """Return what ``spec``, made by the changes, is to a policy with this configuration.

    UserError for what happens to messages that the policy does not send.
    """
    unheard = [] if talks(config) else [key for key in changes if key.startswith(_ON_THE_WAY)]
    if unheard:
        raise UserError(
            f"'{unheard[0]}={changes[unheard[0]]}' is for messages, and this policy sends none "
            "(n_bits=0): leave it out"
        )
    differing = [key for key in changes if value_at(config, key) != value_at(spec.config, key)]
    if not differing and set(changed_content(config, spec)) - {"plugins"}:
        differing = list(changes)  # of one name with what it was trained on, and not its content
    overrides = tuple(f"{key}={written(value_at(spec.config, key))}" for key in differing)
    return Variant(changes, overrides, spec)


def each_once(variants: Iterable[Variant]) -> list[Variant]:
    """Return the first of those that differ in the same from training."""
    found: dict[tuple[str, ...], Variant] = {}
    for one in variants:
        found.setdefault(one.overrides, one)
    return list(found.values())


def find_played(
    known: Sequence[Evaluation | None],
    t_env: int | None,
    wanted: Variant,
    episodes: int,
    seed: int = COMMON_SEED,
) -> Evaluation | None:
    """Return of a run's evaluations one in a variant of at least so many games."""
    game = wanted.game if wanted.overrides else None  # at home it is the run's, whoever recorded it
    found = find_evaluation(known, t_env, wanted.overrides, game, seed)
    return found if found is not None and found.episodes >= episodes else None


def _is_list_of_values(value: object, own: object) -> bool:
    if not isinstance(value, list):
        return False
    return not isinstance(own, list) or bool(value and all(isinstance(one, list) for one in value))
