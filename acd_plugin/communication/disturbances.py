"""A channel that does something else to messages than to deliver them.

Shape legend: B games, N agents, M message bits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from acd_plugin.communication.channel import Channel

Disturbance = Callable[[Tensor], Tensor]


def make_disturbances(probability: float, seed: int) -> Mapping[str, Disturbance]:
    """Return what can be done to messages (B, N, M) on their way, by name.

    Each belongs to one batch of games and is called once per step. ``probability`` is that of a
    flipped or lost bit.
    """
    generator = torch.Generator().manual_seed(seed)
    delayed: list[Tensor] = []

    def delay(messages: Tensor) -> Tensor:
        delayed.append(messages)
        return delayed.pop(0) if len(delayed) > 1 else torch.zeros_like(messages)

    def shuffle(messages: Tensor) -> Tensor:
        return messages[torch.randperm(len(messages), generator=generator)]

    def happens(messages: Tensor) -> Tensor:
        return torch.rand(messages.shape, generator=generator) < probability

    return {
        "always 0": torch.zeros_like,
        "always 1": torch.ones_like,
        "shuffled across games": shuffle,
        "delayed by one step": delay,
        f"flipped with probability {probability:g}": lambda sent: torch.where(
            happens(sent), 1 - sent, sent
        ),
        f"lost with probability {probability:g}": lambda sent: torch.where(
            happens(sent), torch.zeros_like(sent), sent
        ),
    }


class DisturbedChannel:
    """Another channel, whichever it is, with a disturbance between sender and receiver."""

    def __init__(self, channel: Channel, disturbance: Disturbance) -> None:
        self._channel = channel
        self._disturbance = disturbance

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    def deliver(self, messages: Tensor) -> Tensor:
        return self._channel.deliver(self._disturbance(messages.float()))
