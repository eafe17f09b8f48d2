"""Channels that tamper with the messages of another one, to see what they are worth.

Shape legend: B games, N agents, M message bits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from acd_plugin.communication.channel import Channel, Outgoing

Disturbance = Callable[[Tensor], Tensor]


class DisturbedChannel(Channel):
    """Another channel, whichever it is, with a disturbance between sender and receiver."""

    def __init__(self, channel: Channel, disturbance: Disturbance) -> None:
        super().__init__(channel.n_agents, channel.layout)
        self.needs = channel.needs
        self._channel = channel
        self._disturbance = disturbance

    def received_size(self, message_size: int) -> int:
        return self._channel.received_size(message_size)

    def send(self, outgoing: Outgoing) -> Tensor:
        return self._channel.send(outgoing)

    def may_speak(self, observations: Tensor) -> Tensor:
        return self._channel.may_speak(observations)

    def deliver(self, messages: Tensor) -> Tensor:
        return self._channel.deliver(self._disturbance(messages))

    def widen(self, available: Tensor, received: Tensor) -> Tensor:
        return self._channel.widen(available, received)


def make_disturbances(probability: float, seed: int) -> Mapping[str, Disturbance]:
    """Return what can be done to messages (B, N, M) on their way, by name.

    Each belongs to one batch of games and is called once per step. ``probability`` is that of a
    flipped or lost bit.
    """
    generator = torch.Generator().manual_seed(seed)

    def happens(messages: Tensor) -> Tensor:
        drawn = torch.rand(messages.shape, generator=generator)
        return (drawn < probability).to(messages.device)

    def flip(messages: Tensor) -> Tensor:
        return torch.where(happens(messages), 1 - messages, messages)

    def lose(messages: Tensor) -> Tensor:
        return torch.where(happens(messages), torch.zeros_like(messages), messages)

    def shuffle(messages: Tensor) -> Tensor:
        return messages[torch.randperm(len(messages), generator=generator)]

    return {
        "always 0": torch.zeros_like,
        "always 1": torch.ones_like,
        "shuffled across games": shuffle,
        "delayed by one step": _Delay(),
        f"flipped with probability {probability:g}": flip,
        f"lost with probability {probability:g}": lose,
    }


class _Delay:
    """Lets messages arrive one step late, and nothing at first."""

    def __init__(self) -> None:
        self._underway: Tensor | None = None

    def __call__(self, messages: Tensor) -> Tensor:
        arriving = torch.zeros_like(messages) if self._underway is None else self._underway
        self._underway = messages
        return arriving
