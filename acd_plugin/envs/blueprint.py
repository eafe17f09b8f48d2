"""An environment whose settings were read and checked, before it holds any games."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from acd_plugin.configuration.ignored import Ignored
from acd_plugin.envs.batch_env import BatchEnv
from acd_plugin.envs.comm_layout import CommLayout


class EnvSizes(NamedTuple):
    """The sizes from which runners, networks and budgets follow."""

    n_agents: int
    n_actions: int
    observation_size: int
    state_size: int
    episode_limit: int  # steps of the longest episode


class Interface(NamedTuple):
    """What networks must know of an environment: enough to act in it, if somebody else plays it."""

    sizes: EnvSizes
    comm_layout: CommLayout | None


class Blueprint(Protocol):
    """What a run needs to know of its environment, found out once.

    Whoever builds a run makes one blueprint and hands it on; nobody reads settings or scenario
    files again.
    """

    @property
    def comm_layout(self) -> CommLayout | None:
        """How communicating agents read observations; None if the environment does not say."""
        ...

    @property
    def identity(self) -> Mapping[str, str]:
        """What defines the game beside its settings: a short name of each content.

        Two runs whose identities differ played different games, whatever their settings say.
        """
        ...

    def sizes(self) -> EnvSizes:
        """Return the sizes; what only the environment itself knows, it is built for, and closed."""
        ...

    def make_batch(self, n_games: int, seed: int) -> BatchEnv:
        """Return ``n_games`` games that are stepped together."""
        ...


@runtime_checkable
class MayIgnore(Protocol):
    """What a `Blueprint` offers beyond its contract when not all of its settings always count."""

    @property
    def ignored(self) -> Ignored:
        """Keys of ``env_args`` that change nothing beside the others, each with the reason."""
        ...


def ignored_by(blueprint: Blueprint) -> Ignored:
    """Return the settings that change nothing in an environment, as `MayIgnore` tells them."""
    found = blueprint.ignored if isinstance(blueprint, MayIgnore) else {}
    return {f"env_args.{key}": reason for key, reason in found.items()}


@runtime_checkable
class MayBeHeldOut(Protocol):
    """What a `Blueprint` offers beyond its contract when some of its games are for tests alone."""

    @property
    def is_held_out(self) -> bool:
        """Whether nobody is to train on these games."""
        ...


@runtime_checkable
class MayRemark(Protocol):
    """What a `Blueprint` offers beyond its contract when a game may not be what was meant."""

    @property
    def remarks(self) -> Sequence[str]:
        """What is worth a second look before anybody trains on these games."""
        ...
