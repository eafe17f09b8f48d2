"""Channels that carry something else than what was said: controls to compare what is learned with.

Their messages travel and unlock as those of the learned channel do.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from acd_plugin.communication.channel import Channel, Outgoing
from acd_plugin.envs.comm_layout import CommLayout
from acd_plugin.errors import UserError


class ConstantChannel(Channel):
    """Carries the same from everybody at every step, whatever they say and whether they may speak.

    It tells nothing; with 1 it unlocks all that messages unlock.
    """

    content: float

    def send(self, outgoing: Outgoing) -> Tensor:
        return torch.full_like(outgoing.logits, self.content)


class AlwaysZero(ConstantChannel):
    """Nobody ever sends a message, in a network that is as large as if they did."""

    content = 0.0


class AlwaysOne(ConstantChannel):
    """Everybody always sends a message."""

    content = 1.0


class AlarmChannel(Channel):
    """Carries 1 from everybody whose own hosts show anything, and 0 from the others.

    It is what the gate alone tells, when whoever may speak does.
    """

    def __init__(self, n_agents: int, layout: CommLayout | None) -> None:
        if layout is None:
            raise UserError(
                "message_content=alarm is for environments whose observations are hosts, which "
                "this one's are not: choose another message_content"
            )
        super().__init__(n_agents, replace(layout, gate_on_host_bits=True))

    def send(self, outgoing: Outgoing) -> Tensor:
        logits = outgoing.logits
        return outgoing.allowed.to(logits.dtype).expand_as(logits)


class OracleChannel(Channel):
    """Carries the truth: 1 from everybody on whose hosts the attacker is, and 0 from the others."""

    needs = ("threatened",)

    def send(self, outgoing: Outgoing) -> Tensor:
        return outgoing.truths["threatened"].expand_as(outgoing.logits)


class SelfSendChannel(Channel):
    """Lets every agent hear itself in place of the others.

    As many values arrive, through a network of the same size, and none of them tells an agent what
    it did not know.
    """

    def deliver(self, messages: Tensor) -> Tensor:
        own = messages.unsqueeze(-2).expand(*messages.shape[:-1], self.n_agents - 1, -1)
        return own.flatten(-2)


class ShuffledChannel(Channel):
    """Delivers what was said in another game, at the same step and by the same agents.

    What arrives looks like messages and tells nothing of this game. In games (B, N, M) each hears
    the one before it, the first the last; a game that is alone hears nothing.
    """

    def deliver(self, messages: Tensor) -> Tensor:
        games = -3
        if messages.dim() < -games or messages.shape[games] == 1:
            return super().deliver(torch.zeros_like(messages))
        return super().deliver(messages.roll(1, dims=games))


class NoChannel(Channel):
    """Between agents whose messages have no bits: nothing is sent, received or unlocked."""

    def send(self, outgoing: Outgoing) -> Tensor:
        return outgoing.logits

    def deliver(self, messages: Tensor) -> Tensor:
        return messages

    def widen(self, available: Tensor, received: Tensor) -> Tensor:
        del received  # part of the contract
        return available
