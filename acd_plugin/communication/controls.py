"""Channels that carry something else than what was said: controls to compare what is learned with.

Their messages travel and unlock as those of the learned channel do.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional

from acd_plugin.communication.channel import Channel, Outgoing
from acd_plugin.communication.gate import something_to_say
from acd_plugin.envs.comm_layout import CommLayout
from acd_plugin.errors import UserError


class ConstantChannel(Channel):
    """Carries the same from everybody at every step, whatever they say and whether they may speak.

    It tells nothing; with 1 it unlocks all that messages unlock.
    """

    is_spoken = False
    constant: ClassVar[float]

    def send(self, outgoing: Outgoing) -> Tensor:
        return torch.full_like(outgoing.logits, self.constant)


class AlwaysZero(ConstantChannel):
    """Nobody ever sends a message, in a network that is as large as if they did."""

    constant = 0.0


class AlwaysOne(ConstantChannel):
    """Everybody always sends a message."""

    constant = 1.0


class AlarmChannel(Channel):
    """Carries 1 from everybody whose own hosts show anything, and 0 from the others.

    It is what the gate alone tells, when whoever may speak does.
    """

    is_spoken = False

    def __init__(self, n_agents: int, layout: CommLayout | None) -> None:
        if layout is None:
            raise UserError(
                "message_content=alarm is for environments whose observations are hosts, which "
                "this one's are not: choose another message_content"
            )
        super().__init__(n_agents, layout)
        self._host_bits = layout.host_bits

    def may_speak(self, observations: Tensor) -> Tensor:
        return something_to_say(observations, self._host_bits)

    def send(self, outgoing: Outgoing) -> Tensor:
        logits = outgoing.logits
        return outgoing.allowed.to(logits.dtype).expand_as(logits)


class OracleChannel(Channel):
    """Carries the truth: 1 from everybody on whose hosts the attacker is, and 0 from the others."""

    is_spoken = False
    needs = ("threatened",)

    def send(self, outgoing: Outgoing) -> Tensor:
        return outgoing.truths["threatened"].expand_as(outgoing.logits)


class BroadcastChannel(Channel):
    """Carries what must be said, as the game's author wrote it down: a rule of what senders see.

    Messages of fewer bits than the rule has carry the first of them; further bits are 0.
    """

    is_spoken = False

    def __init__(self, n_agents: int, layout: CommLayout | None) -> None:
        if layout is None or layout.broadcast is None:
            raise UserError(
                "message_content=broadcast says what a game's author wrote down in 'broadcast' of "
                "its scenario, and this game has none: add it (docs/communication.md), or choose "
                "another message_content"
            )
        super().__init__(n_agents, layout)
        self._says = torch.from_numpy(layout.broadcast)  # (N, K, O)

    def send(self, outgoing: Outgoing) -> Tensor:
        logits = outgoing.logits
        seen = outgoing.observations.unsqueeze(-2) > 0  # (..., N, 1, O)
        bits = (seen & self._says).any(-1).to(logits.dtype)[..., : logits.shape[-1]]
        return functional.pad(bits, (0, logits.shape[-1] - bits.shape[-1]))

    def to(self, device: str | torch.device) -> None:
        super().to(device)
        self._says = self._says.to(device)


class SelfSendChannel(Channel):
    """Lets every agent hear itself in place of the others.

    As many values arrive, through a network of the same size, and none of them tells an agent what
    it did not know.
    """

    def deliver(self, messages: Tensor) -> Tensor:
        n = self.n_agents
        everybody_says = messages.unsqueeze(-2).expand(*messages.shape[:-1], n, messages.shape[-1])
        heard = super().deliver(everybody_says)  # (..., N, N, L) if everybody said what one did
        return heard.diagonal(dim1=-3, dim2=-2).movedim(-1, -2)


class ShuffledChannel(Channel):
    """Delivers what was said in another game, at the same step and by the same agents.

    What arrives looks like messages and tells nothing of this game. Of games (B, ..., N, M) each
    hears the one before it, the first the last; a game that is alone hears nothing.
    """

    def deliver(self, messages: Tensor) -> Tensor:
        if messages.dim() <= len(("N", "M")) or messages.shape[0] == 1:
            return super().deliver(torch.zeros_like(messages))
        return super().deliver(messages.roll(1, dims=0))


class NoChannel(Channel):
    """Between agents whose messages have no bits: nothing is sent, received or unlocked."""

    def send(self, outgoing: Outgoing) -> Tensor:
        return outgoing.logits

    def deliver(self, messages: Tensor) -> Tensor:
        return messages

    def widen(self, available: Tensor, received: Tensor) -> Tensor:
        del received  # part of the contract
        return available
