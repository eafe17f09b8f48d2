"""Play one episode in every game of a batch.

Shape legend: G games, N agents.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from acd_plugin.components.contracts import EpisodeBatch, Index, Scheme
from acd_plugin.controllers.controller import Controller
from acd_plugin.envs.batch_env import BatchEnv, BatchStep, Purpose
from acd_plugin.runners.controller_extras import begin_episodes, episode_stats

Watch = Callable[[BatchEnv], None]  # is shown the games at the beginning and after every step


class Played(NamedTuple):
    """One episode per game, and what there is to say about each."""

    batch: EpisodeBatch
    returns: NDArray[np.float64]  # (G,)
    lengths: NDArray[np.int64]  # (G,)
    stats: dict[str, NDArray[np.float64]]  # environment's and controller's, each (G,)


class EpisodePlayer:
    """A controller at the games of one batch: one call of each per step, for all games."""

    def __init__(
        self,
        env: BatchEnv,
        mac: Controller,
        scheme: Scheme,
        new_batch: Callable[[], EpisodeBatch],
    ) -> None:
        self.env = env
        self.mac = mac
        self._new_batch = new_batch
        self._truths = [name for name in env.truths() if name in scheme]  # that are stored

    def play(
        self, first_episode: int, purpose: Purpose, t_env: int = 0, watch: Watch | None = None
    ) -> Played:
        """Play the episodes from number ``first_episode`` on, one in each game.

        Whatever the purpose, but training, the controller acts greedily. ``t_env`` is how many
        steps of training there were, by which exploration fades.
        """
        games = self.env.n_games
        batch = self._new_batch()
        self.env.reset(first_episode, purpose)
        begin_episodes(self.mac, first_episode, purpose)
        self.mac.init_hidden(batch_size=games)
        if watch is not None:
            watch(self.env)
        returns = np.zeros(games)
        lengths = np.zeros(games, dtype=np.int64)
        actions = np.zeros((games, self.env.n_agents), dtype=np.int64)
        live = np.arange(games)
        self._store_observations(batch, live, step=0)
        step = 0
        while live.size:
            chosen = self.mac.select_actions(
                batch, step, t_env, bs=self._index(live), test_mode=purpose != Purpose.TRAIN
            )
            actions[live] = chosen.cpu().numpy()
            result = self.env.step(actions)
            if watch is not None:
                watch(self.env)
            returns += result.rewards
            lengths[live] += 1
            self._store_outcome(batch, live, step, actions, result)
            step += 1
            self._store_observations(batch, live, step)
            live = np.flatnonzero(~(result.terminated | result.truncated))
        return Played(batch, returns, lengths, self._stats(batch))

    def _index(self, live: NDArray[np.int64]) -> Index:
        """Return the ``live`` games as an index; the faster one, when all of them are."""
        return slice(None) if live.size == self.env.n_games else live.tolist()

    def _store_observations(self, batch: EpisodeBatch, live: NDArray[np.int64], step: int) -> None:
        """Store what the agents of the ``live`` games are handed before ``step``, and the truth."""
        entries = {
            "state": torch.from_numpy(self.env.states[live, None]),
            "obs": torch.from_numpy(self.env.observations[live, None]),
            "avail_actions": torch.from_numpy(self.env.available_actions[live, None]),
        }
        if self._truths:
            truths = self.env.truths()
            for name in self._truths:
                entries[name] = torch.from_numpy(truths[name][live, None, :, None])
        batch.update(entries, bs=self._index(live), ts=slice(step, step + 1))

    def _store_outcome(
        self,
        batch: EpisodeBatch,
        live: NDArray[np.int64],
        step: int,
        actions: NDArray[np.int64],
        result: BatchStep,
    ) -> None:
        """Store what the ``live`` games' agents did at ``step``, and what came of it."""
        entries = {
            "actions": torch.from_numpy(actions[live, None, :, None]),
            "reward": torch.from_numpy(result.rewards[live, None, None]),
            "terminated": torch.from_numpy(result.terminated[live, None, None]),
        }
        batch.update(entries, bs=self._index(live), ts=slice(step, step + 1), mark_filled=False)

    def _stats(self, batch: EpisodeBatch) -> dict[str, NDArray[np.float64]]:
        own = {name: value.cpu().numpy() for name, value in episode_stats(self.mac, batch).items()}
        return self.env.episode_stats() | own
