"""A ring of episodes from which batches are drawn.

Shape legend: "..." stands for any axes, seeds for instance.
"""

from __future__ import annotations

import torch
from torch import Tensor

from acd_plugin.components.chance import random_words, stream_keys
from acd_plugin.components.contracts import EpisodeBatch, Groups, Preprocess, Scheme, StateDict
from acd_plugin.hosts.builtin.episode_batch import EpisodeBatch as StoredEpisodes

_LAST = torch.iinfo(torch.int64).max  # comes after all words


def sample_places(
    seeds: Tensor, draws: Tensor, filled: Tensor, buffer_size: int, batch_size: int
) -> Tensor:
    """Return where the episodes of a sample lie (..., batch_size): different places, ascending.

    ``seeds`` are the runs', ``draws`` the samples' numbers within them and ``filled`` how many of
    the ``buffer_size`` places are, at least ``batch_size``: all (...), int64 and on one device.
    Every place gets a random word, and the smallest words are chosen.
    """
    keys = random_words(stream_keys(seeds, "replay"), draws)
    places = torch.arange(buffer_size, device=seeds.device)
    words = random_words(keys.unsqueeze(-1), places)
    words = words.masked_fill(places >= filled.unsqueeze(-1), _LAST)
    chosen = words.topk(batch_size, largest=False, sorted=False).indices
    return chosen.sort().values


class ReplayBuffer(StoredEpisodes):
    """Keeps the last ``buffer_size`` episodes; which are drawn follows from the run's ``seed``."""

    def __init__(
        self,
        scheme: Scheme,
        groups: Groups,
        buffer_size: int,
        max_seq_length: int,
        seed: int,
        preprocess: Preprocess | None = None,
        device: str = "cpu",
    ) -> None:
        super().__init__(
            scheme, groups, buffer_size, max_seq_length, preprocess=preprocess, device=device
        )
        self.buffer_size = buffer_size
        self.buffer_index = 0
        self.episodes_in_buffer = 0
        self.seed = seed
        self.draws = 0  # how many samples were drawn

    def insert_episode_batch(self, episodes: EpisodeBatch) -> None:
        """Store episodes over the oldest ones."""
        count = episodes.batch_size
        places = torch.arange(count, device=self.device) + self.buffer_index
        for name, stored in self.data.items():
            stored[places % self.buffer_size] = episodes[name].to(self.device)
        self.buffer_index = (self.buffer_index + count) % self.buffer_size
        self.episodes_in_buffer = min(self.episodes_in_buffer + count, self.buffer_size)

    def can_sample(self, batch_size: int) -> bool:
        return self.episodes_in_buffer >= batch_size

    def sample(self, batch_size: int) -> StoredEpisodes:
        """Return ``batch_size`` different episodes, in the order in which they are stored."""
        numbers = [self.seed, self.draws, self.episodes_in_buffer]
        self.draws += 1
        if self.episodes_in_buffer == batch_size:
            return self[:batch_size]
        seed, draw, filled = torch.tensor(numbers, device=self.device)
        return self[sample_places(seed, draw, filled, self.buffer_size, batch_size)]

    def state_dict(self) -> StateDict:
        """Return the stored episodes and the state of the sampling."""
        return {
            "data": {name: tensor[: self.episodes_in_buffer] for name, tensor in self.data.items()},
            "buffer_index": self.buffer_index,
            "episodes_in_buffer": self.episodes_in_buffer,
            "draws": self.draws,
        }

    def load_state_dict(self, state: StateDict) -> None:
        self.episodes_in_buffer = state["episodes_in_buffer"]
        self.buffer_index = state["buffer_index"]
        for name, tensor in state["data"].items():
            self.data[name][: self.episodes_in_buffer] = tensor
        self.draws = state["draws"]
