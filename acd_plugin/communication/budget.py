"""How much an agent may say in a game: bits are counted, and who has none left is silent.

A bit counts when it is 1; 0 is silence. Shape legend: N agents, M message bits; "..." stands for
games, or games and steps.
"""

from __future__ import annotations

import torch
from torch import Tensor

from acd_plugin.communication.messages import bits_in


def within_budget(messages: Tensor, spent: Tensor, limit: int) -> tuple[Tensor, Tensor]:
    """Return the messages (..., N, M), 0 where they cost too much, and the bits spent after them.

    ``spent`` (..., N, 1) are the bits that each agent has sent before in this game.
    """
    bits = bits_in(messages)
    pays = (spent < limit) & (spent + bits <= limit)
    return torch.where(pays, messages, torch.zeros_like(messages)), spent + bits * pays


def affordable(costs: Tensor, spent: Tensor, limit: int) -> Tensor:
    """Return which of P messages that cost so many bits (P,) an agent can pay: (..., N, P)."""
    return (costs == 0) | (spent + costs <= limit)
