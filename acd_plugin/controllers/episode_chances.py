"""Which episodes are being played, and so what is drawn in them.

Shape legend: B games, T steps, N agents, C columns.
"""

from __future__ import annotations

import torch

from acd_plugin.components.chance import Draws, Streams, at_step, draw
from acd_plugin.components.contracts import EpisodeBatch, StateDict
from acd_plugin.envs.batch_env import Purpose


class EpisodeChances:
    """Draws for whole episodes at once, and hands out step by step.

    Runners of ours say which episodes begin. Where a host's own runner plays, which says nothing,
    those of training and of tests are counted here.
    """

    def __init__(self, seed: int, n_agents: int) -> None:
        self._seed = seed
        self._n_agents = n_agents
        self._begun = {Purpose.TRAIN: 0, Purpose.TEST: 0}
        self._told: tuple[int, Purpose] | None = None
        self._drawn: Draws = {}

    def tell(self, first_episode: int, purpose: Purpose) -> None:
        """Say that episodes from number ``first_episode`` on are the next to begin."""
        self._told = (first_episode, purpose)

    def at(self, streams: Streams, ep_batch: EpisodeBatch, t: int, test_mode: bool) -> Draws:
        """Return the draws of step ``t`` by stream, each (B, N, C); step 0 begins episodes."""
        if t == 0:
            device = ep_batch["obs"].device
            first, purpose = self._told or self._count(ep_batch.batch_size, test_mode)
            self._told = None
            self._drawn = draw(
                streams,
                torch.tensor(self._seed, device=device),
                purpose,
                torch.arange(first, first + ep_batch.batch_size, device=device),
                steps=ep_batch.max_seq_length,
                agents=self._n_agents,
            )
        return at_step(self._drawn, t)

    def _count(self, games: int, test_mode: bool) -> tuple[int, Purpose]:
        purpose = Purpose.TEST if test_mode else Purpose.TRAIN
        first = self._begun[purpose]
        self._begun[purpose] += games
        return first, purpose

    def state_dict(self) -> StateDict:
        return {purpose.name: count for purpose, count in self._begun.items()}

    def load_state_dict(self, state: StateDict) -> None:
        self._begun = {purpose: state[purpose.name] for purpose in self._begun}
