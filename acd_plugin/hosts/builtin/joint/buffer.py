"""The replay buffers of several runs as one.

Shape legend: S seeds, B episodes.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from acd_plugin.hosts.builtin.joint.batched import Episodes
from acd_plugin.hosts.builtin.joint.stacking import Tensors, stack_tensors
from acd_plugin.hosts.builtin.replay_buffer import ReplayBuffer, sample_places


class JointBuffer:
    """Stores every run's episodes at the same places, and draws each run's own samples.

    `set_up` and `count_...` count on the host; `insert` and `sample` work on tensors alone.
    """

    def __init__(self, buffers: Sequence[ReplayBuffer], seeds: Tensor, batch_size: int) -> None:
        self._buffers = buffers
        first = buffers[0]
        self.size = first.buffer_size
        self.data: Tensors = stack_tensors([buffer.data for buffer in buffers])
        self._seeds = seeds
        self._batch_size = batch_size
        self._index, self._draws, self._filled = (
            torch.zeros((), dtype=torch.int64, device=seeds.device) for _ in range(3)
        )
        self.batch = self.to_play_in(batch_size)

    def like(self, episodes: int) -> Episodes:
        """Return empty episodes of the same kind."""
        first = self._buffers[0]
        data = {
            name: stored.new_zeros(len(self._seeds), episodes, *stored.shape[2:])
            for name, stored in self.data.items()
        }
        return Episodes(first.scheme, first.groups, episodes, first.max_seq_length, data)

    def to_play_in(self, episodes: int) -> Episodes:
        """Return where episodes are to be played: right here, if the buffer holds no others."""
        found = self.like(episodes)
        return found._replace(data=self.data) if episodes == self.size else found

    def set_up(self) -> None:
        """Say where the next episodes go, and which sample is the next."""
        first = self._buffers[0]
        self._index.fill_(first.buffer_index)
        self._draws.fill_(first.draws)
        self._filled.fill_(first.episodes_in_buffer)

    def pretend_full(self) -> None:
        """Let `sample` find enough episodes, to try it; until the next `set_up`."""
        self._filled.fill_(self.size)

    def insert(self, episodes: Episodes) -> None:
        """Store episodes (S, B, ...) over the oldest ones, unless they were played right there."""
        if all(episodes.data[name] is tensor for name, tensor in self.data.items()):
            return
        each = torch.arange(episodes.n_games, device=self._seeds.device)
        places = (each + self._index) % self.size
        for name, stored in self.data.items():
            stored.index_copy_(1, places, episodes.data[name])

    def count_inserted(self, episodes: int) -> None:
        for buffer in self._buffers:
            buffer.buffer_index = (buffer.buffer_index + episodes) % self.size
            filled = buffer.episodes_in_buffer + episodes
            buffer.episodes_in_buffer = min(filled, self.size)

    def can_sample(self) -> bool:
        return self._buffers[0].can_sample(self._batch_size)

    def count_sampled(self) -> None:
        for buffer in self._buffers:
            buffer.draws += 1

    def sample(self) -> None:
        """Fill ``batch`` with each run's sample; when it is all there is, it is there already."""
        if self.size == self._batch_size:
            return
        like = torch.zeros_like(self._seeds)
        draws, filled = self._draws + like, self._filled + like
        places = sample_places(self._seeds, draws, filled, self.size, self._batch_size)
        runs = torch.arange(len(self._seeds), device=self._seeds.device).unsqueeze(1)
        for name, stored in self.data.items():
            self.batch.data[name].copy_(stored[runs, places])
