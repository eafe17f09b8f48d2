"""A ring of episodes from which batches are drawn."""

from __future__ import annotations

import torch

from acd_plugin.components.contracts import EpisodeBatch, Groups, Preprocess, Scheme, StateDict
from acd_plugin.hosts.builtin.episode_batch import EpisodeBatch as StoredEpisodes


class ReplayBuffer(StoredEpisodes):
    """Keeps the last ``buffer_size`` episodes; ``generator`` draws the samples."""

    def __init__(
        self,
        scheme: Scheme,
        groups: Groups,
        buffer_size: int,
        max_seq_length: int,
        generator: torch.Generator,
        preprocess: Preprocess | None = None,
        device: str = "cpu",
    ) -> None:
        super().__init__(
            scheme, groups, buffer_size, max_seq_length, preprocess=preprocess, device=device
        )
        self.buffer_size = buffer_size
        self.buffer_index = 0
        self.episodes_in_buffer = 0
        self.generator = generator

    def insert_episode_batch(self, episodes: EpisodeBatch) -> None:
        """Store episodes over the oldest ones."""
        count = episodes.batch_size
        places = (torch.arange(count) + self.buffer_index) % self.buffer_size
        for name, stored in self.data.items():
            stored[places] = episodes[name].to(self.device)
        self.buffer_index = (self.buffer_index + count) % self.buffer_size
        self.episodes_in_buffer = min(self.episodes_in_buffer + count, self.buffer_size)

    def can_sample(self, batch_size: int) -> bool:
        return self.episodes_in_buffer >= batch_size

    def sample(self, batch_size: int) -> StoredEpisodes:
        """Return ``batch_size`` different episodes; all of them, in order, if there are no more."""
        if self.episodes_in_buffer == batch_size:
            return self[:batch_size]
        chosen = torch.randperm(self.episodes_in_buffer, generator=self.generator)[:batch_size]
        return self[chosen]

    def state_dict(self) -> StateDict:
        """Return the stored episodes and the state of the sampling."""
        return {
            "data": {name: tensor[: self.episodes_in_buffer] for name, tensor in self.data.items()},
            "buffer_index": self.buffer_index,
            "episodes_in_buffer": self.episodes_in_buffer,
            "generator": self.generator.get_state(),
        }

    def load_state_dict(self, state: StateDict) -> None:
        self.episodes_in_buffer = state["episodes_in_buffer"]
        self.buffer_index = state["buffer_index"]
        for name, tensor in state["data"].items():
            self.data[name][: self.episodes_in_buffer] = tensor
        self.generator.set_state(state["generator"])
