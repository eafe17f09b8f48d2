"""Games of several networks as one batch.

Every network's games are a batch of their own, played by the compiled rules, of which the arrays of
the network are arguments: nothing is compiled for another network. All of them have room for the
same number of agents, hosts and actions (`Room`), so that one team of networks plays them all.

Shape legend: G games, N agents, A actions, O observation length.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acd_plugin.configuration.ranges import integer
from acd_plugin.envs.batch_env import BatchStep, Purpose
from acd_plugin.envs.checked import checked_actions, checked_episode
from acd_plugin.envs.cyborg.definition import GameDefinition
from acd_plugin.envs.cyborg.native_batch import NativeBatchEnv
from acd_plugin.envs.cyborg.networks.sets import NetworkSet, Place

ItemT = TypeVar("ItemT", bound=np.generic)
_MOST_NAMED = 16  # networks whose returns are told one by one


class _Part(NamedTuple):
    """The games of one network."""

    games: NDArray[np.int64]  # which of the batch's
    batch: NativeBatchEnv


class NetworkGames:
    """``n_games`` games, shared out among networks by the numbers of their episodes."""

    def __init__(
        self,
        networks: NetworkSet,
        define: Callable[[Hashable], GameDefinition],
        n_games: int,
        seed: int,
    ) -> None:
        """``define`` returns the game on a network, made as large as all others."""
        self.n_games, self.seed = n_games, seed
        self._networks, self._define = networks, define
        self._parts: dict[Hashable, _Part] = {}
        self._begin(0, Purpose.TRAIN)
        batch = next(iter(self._parts.values())).batch
        self.n_agents, self.n_actions = batch.n_agents, batch.n_actions
        self.episode_limit = batch.episode_limit
        size = batch.observations.shape[2]
        self.observations = np.empty((n_games, self.n_agents, size), dtype=np.float32)
        self.available_actions = np.empty((n_games, self.n_agents, self.n_actions), np.bool_)
        self._look()

    @property
    def states(self) -> NDArray[np.float32]:
        """All agents' observations, concatenated (G, N * O)."""
        return self.observations.reshape(self.n_games, -1)

    def reset(self, first_episode: int, purpose: Purpose) -> None:
        """Begin episodes ``first_episode``, ``first_episode + 1``, ... in games 0, 1, ..."""
        first = self._begin(*checked_episode(first_episode, purpose))
        for network, part in self._parts.items():
            part.batch.seed = self.seed
            part.batch.reset(first[network], purpose)
        self._look()

    def step(self, actions: ArrayLike) -> BatchStep:
        """Play one step with ``actions`` (G, N).

        Raises UserError as a single network's games do, and for actions before any game has moved.
        """
        chosen = checked_actions(actions, self.n_games, self.n_agents, self.n_actions)
        step = BatchStep(
            np.empty(self.n_games),
            np.empty(self.n_games, np.bool_),
            np.empty(self.n_games, np.bool_),
        )
        for games, batch in self._parts.values():
            for whole, own in zip(step, batch.step(chosen[games]), strict=True):
                whole[games] = own
        self._look()
        return step

    @property
    def game_names(self) -> Sequence[str]:
        """The network of each game (G,), where there are few."""
        names = self._networks.names
        if not 1 < len(names) <= _MOST_NAMED:
            return ()
        named = [""] * self.n_games
        for network, (games, _) in self._parts.items():
            assert isinstance(network, int)
            for game in games:
                named[game] = names[network]
        return named

    def episode_stats(self) -> dict[str, NDArray[np.float64]]:
        return self._gathered(lambda batch: batch.episode_stats(), np.float64)

    def truths(self) -> Mapping[str, NDArray[np.bool_]]:
        return self._gathered(lambda batch: batch.truths(), np.bool_)

    def picture(self, game: int) -> str:
        """Return one game as text."""
        shown = integer("game", game, 0, self.n_games - 1)
        found = ((batch, np.flatnonzero(games == shown)) for games, batch in self._parts.values())
        return next(batch.picture(int(places[0])) for batch, places in found if places.size)

    def close(self) -> None:
        for part in self._parts.values():
            part.batch.close()

    def _begin(self, first_episode: int, purpose: Purpose) -> dict[Hashable, int]:
        """Make the parts of these episodes; returns the number of the first one of each network."""
        places = [
            self._networks.place(purpose, first_episode + game) for game in range(self.n_games)
        ]
        before, self._parts = self._parts, {}
        for network in dict.fromkeys(place.network for place in places):
            games = _games_of(network, places)
            old = before.pop(network, None)
            if old is not None and len(old.games) == len(games):
                batch = old.batch
            else:
                batch = NativeBatchEnv(self._define(network), len(games), self.seed, threads=1)
            self._parts[network] = _Part(games, batch)
        for part in before.values():
            part.batch.close()
        return {network: places[part.games[0]].episode for network, part in self._parts.items()}

    def _look(self) -> None:
        for games, batch in self._parts.values():
            self.observations[games] = batch.observations
            self.available_actions[games] = batch.available_actions

    def _gathered(
        self, tell: Callable[[NativeBatchEnv], Mapping[str, NDArray[ItemT]]], like: type[ItemT]
    ) -> dict[str, NDArray[ItemT]]:
        """Return named arrays (G, ...) of all games, put together from those of the parts."""
        told = [(games, tell(batch)) for games, batch in self._parts.values()]
        gathered = {
            name: np.empty((self.n_games, *values.shape[1:]), dtype=like)
            for name, values in told[0][1].items()
        }
        for games, named in told:
            for name, values in named.items():
                gathered[name][games] = values
        return gathered


def _games_of(network: Hashable, places: Sequence[Place]) -> NDArray[np.int64]:
    return np.array([game for game, place in enumerate(places) if place.network == network])
