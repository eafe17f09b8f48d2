"""The channel between agents: what is sent, what arrives, and what a message unlocks.

Shape legend: N agents, A actions, M message size, L size of what an agent receives, O observation
length; "..." stands for games, or games and steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor

from acd_plugin.communication.budget import within_budget
from acd_plugin.communication.disturbances import Disturbances
from acd_plugin.communication.dru import discretise, regularise
from acd_plugin.communication.gate import is_there, something_to_say
from acd_plugin.communication.messages import is_message
from acd_plugin.envs.comm_layout import CommLayout


class Outgoing(NamedTuple):
    """What a channel is given when agents speak."""

    logits: Tensor  # (..., N, M) what the networks say
    noise: Tensor | None  # (..., N, M) of the channel while learning; None: execution
    observations: Tensor  # (..., N, O) what the senders see
    allowed: Tensor  # (..., N, 1) whom the gate lets speak: `Channel.may_speak`
    truths: Mapping[str, Tensor]  # (..., N, 1) each: 1 where it is true of the sender


class Channel:
    """Sends every agent's bits to all others, where they arrive one step later.

    This is the learned channel: it carries what the networks say. A control is a subclass with a
    `send` of its own; a channel between other pairs of agents has a `deliver` and a `received_size`
    of its own. All are functions of tensors and keep nothing between calls.

    A message is sent, may be disturbed on its way, and is delivered to its receivers. On every
    channel those are silent that a game does not have.
    """

    needs: tuple[str, ...] = ()  # truths (see `BatchEnv.truths`) that `send` reads
    carries_bits: ClassVar[bool] = True  # False: other numbers, which cannot be flipped
    is_spoken: ClassVar[bool] = True  # False: `send` reads nothing that networks say
    constant: ClassVar[float | None] = None  # what everybody always sends, if that is known
    disturbances: Disturbances | None = None  # on the way; None: all arrives as it was sent
    always_there: int | None = None  # see `CommLayout`
    bit_limit: int | None = None  # bits that an agent may send in a game; None: as many as it likes

    def __init__(self, n_agents: int, layout: CommLayout | None) -> None:
        """``layout`` None: an environment that says nothing of who may speak or what unlocks."""
        self.n_agents = n_agents
        self.layout = layout
        self._unlocked: Tensor | None = None  # (N, A)
        if layout is not None and layout.unlocked_by_message.any():
            self._unlocked = torch.from_numpy(layout.unlocked_by_message)

    def received_size(self, message_size: int) -> int:
        """Return L, how many values an agent receives at a step when each agent sends M."""
        return (self.n_agents - 1) * message_size

    def send(self, outgoing: Outgoing) -> Tensor:
        """Return the messages (..., N, M) that leave the agents.

        Whoever may not speak sends exactly 0, which is no message.
        """
        logits, noise = outgoing.logits, outgoing.noise
        messages = discretise(logits) if noise is None else regularise(logits, noise)
        if self.layout is None or not self.layout.gate_on_host_bits:
            return messages
        return messages * outgoing.allowed

    def may_speak(self, observations: Tensor) -> Tensor:
        """Return which agents may speak, given what they see (..., N, O): (..., N, 1).

        With a gate those who have something to say, and without one those who are there.
        """
        if self.layout is None or not self.layout.gate_on_host_bits:
            return self.there(observations)
        return something_to_say(observations, self.layout.host_bits)

    def there(self, observations: Tensor) -> Tensor:
        """Return which agents a game has, given what they see (..., N, O): (..., N, 1)."""
        if self.always_there is None:
            return torch.ones_like(observations[..., :1], dtype=torch.bool)
        return is_there(observations, self.always_there)

    def speak(
        self, outgoing: Outgoing, spent: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return what is sent (..., N, M) by those who are there and can pay; see `afford`."""
        sent = self._without_absent(self.send(outgoing), outgoing.observations)
        return self.afford(sent, spent)

    def _without_absent(self, messages: Tensor, observations: Tensor) -> Tensor:
        if self.always_there is None:
            return messages
        return messages * is_there(observations, self.always_there)

    def afford(
        self, messages: Tensor, spent: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the messages that agents can still send, and the bits that each has spent then.

        ``spent`` is (..., N, 1), or nothing where nothing is limited.
        """
        if self.bit_limit is None:
            return messages, ()
        (before,) = spent
        kept, after = within_budget(messages, before, self.bit_limit)
        return kept, (after,)

    @property
    def delay(self) -> int:
        """By how many steps messages arrive later than one step after they were sent."""
        return 0 if self.disturbances is None else self.disturbances.delay

    def tamper(
        self, messages: Tensor, chances: Mapping[str, Tensor], observations: Tensor
    ) -> Tensor:
        """Return what becomes of the messages (..., N, M) that were sent, when they arrive.

        ``observations`` (..., N, O) are what the senders saw.
        """
        if self.disturbances is None:
            return messages
        return self._without_absent(self.disturbances.tamper(messages, chances), observations)

    def deliver(self, messages: Tensor) -> Tensor:
        """Return what each agent receives (..., N, L) of the messages (..., N, M)."""
        n = self.n_agents
        every = messages.unsqueeze(-3).expand(*messages.shape[:-2], n, n, messages.shape[-1])
        # The diagonal of this square is what agents sent themselves: it lies before each n of the
        # n * n - 1 places that follow the first.
        rows = every.flatten(-3, -2)[..., 1:, :].unflatten(-2, (n - 1, n + 1))
        return rows[..., :n, :].reshape(*messages.shape[:-2], n, (n - 1) * messages.shape[-1])

    def widen(self, available: Tensor, received: Tensor) -> Tensor:
        """Return the masks (..., N, A) with what the received (..., N, L) unlock.

        Strategic Action Unmasking (SAU): whoever receives a message may analyse every host.
        """
        if self._unlocked is None:
            return available
        heard = is_message(received).any(-1, keepdim=True)
        return available.bool() | (heard & self._unlocked)

    def to(self, device: str | torch.device) -> None:
        """Move what the channel looks up to ``device``."""
        if self._unlocked is not None:
            self._unlocked = self._unlocked.to(device)
