"""From an observation to an embedding of the network's width."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from acd_plugin.envs.comm_layout import CommLayout
from acd_plugin.errors import UserError

_MOST_BLOCK_BITS = 16  # a table of 65,536 rows
_AT_ONCE = 32  # hosts of an agent whose embeddings are in memory together, before they are added


class HostBitsEncoder(nn.Module):
    """Look up each host's bits and the block bits, and add the embeddings (equation 2).

    A profile, where observations have one, is added by a layer of its own.

    A slot without a host (bits -1) adds nothing, which no state of a host does. The blocks of an
    agent are looked up together, and the table doubles with every subnet that it can block.
    """

    place_values: Tensor
    block_place_values: Tensor
    slot_offsets: Tensor

    def __init__(self, width: int, layout: CommLayout) -> None:
        """Raises UserError as `table_rows`."""
        super().__init__()
        self.slots = layout.host_slots
        self.bits_per_host = layout.bits_per_host
        codes = 2**layout.bits_per_host
        block_rows = table_rows(layout) - self.slots * codes
        self.hosts = nn.Embedding(self.slots * codes, width)  # one table per host slot
        self.blocks = nn.Embedding(block_rows, width) if layout.block_bits else None
        self.profile_size = layout.profile_size
        self.profile = (
            nn.Linear(self.profile_size, width, bias=False) if self.profile_size else None
        )
        self.register_buffer("place_values", _place_values(layout.bits_per_host), False)
        self.register_buffer("block_place_values", _place_values(layout.block_bits), False)
        offsets = torch.arange(self.slots) * codes
        self.register_buffer("slot_offsets", offsets, persistent=False)

    def forward(self, observations: Tensor) -> Tensor:
        """Map bits (..., O) to embeddings (..., E)."""
        edge = self.slots * self.bits_per_host
        bits = observations[..., :edge].unflatten(-1, (self.slots, self.bits_per_host))
        embedded = self._sum_of_hosts(bits, 0)
        for first in range(_AT_ONCE, self.slots, _AT_ONCE):
            embedded = embedded + self._sum_of_hosts(bits, first)
        if self.blocks is not None:
            end = observations.shape[-1] - self.profile_size
            block_bits = observations[..., edge:end].long().clamp(min=0)
            embedded = embedded + self.blocks((block_bits * self.block_place_values).sum(-1))
        if self.profile is not None:
            embedded = embedded + self.profile(observations[..., -self.profile_size :])
        return embedded

    def _sum_of_hosts(self, bits: Tensor, first: int) -> Tensor:
        """Add the embeddings of the hosts from slot ``first`` on: (..., K, bits) to (..., E)."""
        some = slice(first, first + _AT_ONCE)
        own = bits[..., some, :].long()
        present = (own[..., 0] >= 0).unsqueeze(-1)  # (..., k, 1)
        codes = (own.clamp(min=0) * self.place_values).sum(-1) + self.slot_offsets[some]
        embedded: Tensor = (self.hosts(codes) * present).sum(-2)
        return embedded


def table_rows(layout: CommLayout) -> int:
    """Return how many rows the tables have; UserError when no machine could hold them."""
    if layout.block_bits > _MOST_BLOCK_BITS:
        raise UserError(
            f"an agent can block {layout.block_bits} subnets: this network has a row for each "
            f"combination of them, of at most {_MOST_BLOCK_BITS}: let agents defend more "
            "subnets each, set block to false in the scenario, or train another algorithm"
        )
    blocks = 2**layout.block_bits if layout.block_bits else 0
    return layout.host_slots * 2**layout.bits_per_host + blocks


def _place_values(bits: int) -> Tensor:
    """Return the value of each bit of a number whose first bit is the most significant."""
    return 2 ** torch.arange(bits - 1, -1, -1)


def make_observation_encoder(obs_size: int, width: int, layout: CommLayout | None) -> nn.Module:
    """Return the encoder for an environment; one without host bits gets a linear layer."""
    if layout is None:
        return nn.Linear(obs_size, width)
    return HostBitsEncoder(width, layout)
