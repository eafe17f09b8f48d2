"""Which networks are played together, and which one an episode is of.

Both are functions of the episode's number and its purpose alone, so that a game depends neither on
how many are played at once nor on when a run was resumed.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.networks.draw import VERSION, draw_network
from acd_plugin.envs.cyborg.networks.generator import GeneratorSettings
from acd_plugin.envs.cyborg.scenario import Scenario


class Place(NamedTuple):
    """Where an episode belongs."""

    network: Hashable
    episode: int  # its number among those that are given to the network's own games


class NetworkSet(Protocol):
    """Networks, finitely many or not."""

    @property
    def names(self) -> Sequence[str]:
        """What they are called; empty where there is no end of them."""
        ...

    @property
    def content(self) -> str:
        """All that defines them."""
        ...

    @property
    def fewest_agents(self) -> int:
        """How many agents every one of them has at least."""
        ...

    def place(self, purpose: Purpose, episode: int) -> Place:
        """Return where an episode belongs; the episodes of a network follow each other."""
        ...

    def scenario(self, network: Hashable) -> Scenario:
        """Return a network that `place` has named."""
        ...


@dataclass(frozen=True)
class FixedSet:
    """Several networks that take turns: episode e is of network e modulo their number."""

    names: Sequence[str]
    scenarios: Sequence[Scenario]

    @property
    def content(self) -> str:
        return "\n".join(scenario.model_dump_json() for scenario in self.scenarios)

    @property
    def fewest_agents(self) -> int:
        return min(len(scenario.agents) for scenario in self.scenarios)

    def place(self, purpose: Purpose, episode: int) -> Place:
        del purpose  # whatever it is
        turn, network = divmod(episode, len(self.scenarios))
        return Place(network, turn)

    def scenario(self, network: Hashable) -> Scenario:
        assert isinstance(network, int)
        return self.scenarios[network]


@dataclass(frozen=True)
class FreshNetworks:
    """A new network after every ``games_each`` episodes; each purpose has a stream of its own."""

    generator: GeneratorSettings
    games_each: int
    names: Sequence[str] = ()

    @property
    def content(self) -> str:
        return f"generator {VERSION} {self.games_each} {self.generator.model_dump_json()}"

    @property
    def fewest_agents(self) -> int:
        return self.generator.agents[0]

    def place(self, purpose: Purpose, episode: int) -> Place:
        return Place((purpose, episode // self.games_each), episode)

    def scenario(self, network: Hashable) -> Scenario:
        assert isinstance(network, tuple)
        return draw_network(self.generator, *network)
