"""Messages as bits: when a value is one, how many were sent, and which number they spell.

Shape legend: B games, T steps, N agents, M message bits.
"""

from __future__ import annotations

import torch
from torch import Tensor

THRESHOLD = 0.5  # a received value from here on counts as a message


def is_message(values: Tensor) -> Tensor:
    """Return which values are messages; the others are silence."""
    return values >= THRESHOLD


def messages_sent(messages: Tensor, played: Tensor) -> Tensor:
    """Return how many of the messages (B, T, N, M) were sent in each game (B,), bits together.

    ``played`` (B, T, 1) is 1 in steps that were played; after a game's end nothing is sent.
    """
    sent = is_message(messages).any(dim=-1) & played.bool()
    return sent.sum(dim=(1, 2)).double()


def bits_in(messages: Tensor) -> Tensor:
    """Return how many bits of messages (..., M) are sent, which is those that are 1: (..., 1)."""
    return is_message(messages).sum(dim=-1, keepdim=True)


def bits_sent(messages: Tensor, played: Tensor) -> Tensor:
    """Return how many bits were sent in all messages (B, T, N, M) of a game, (B,)."""
    return (bits_in(messages).squeeze(-1) * played.bool()).sum(dim=(1, 2)).double()


def bits_of(numbers: Tensor, n_bits: int) -> Tensor:
    """Return the bits (..., M) that spell ``numbers`` (...), the least significant first."""
    return (numbers.unsqueeze(-1) & _place_values(n_bits, numbers)) > 0


def number_of(bits: Tensor) -> Tensor:
    """Return the number (...) that ``bits`` (..., M) of 0 and 1 spell."""
    return (bits.long() * _place_values(bits.shape[-1], bits)).sum(-1)


def _place_values(n_bits: int, like: Tensor) -> Tensor:
    return 2 ** torch.arange(n_bits, device=like.device)
