"""The RIAL controller: C-Nets that choose what they say as they choose what they do.

Shape legend: B games, T steps, N agents, A actions, M message bits, P = 2^M messages, L bits that
an agent receives.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from acd_plugin.agents.comm_agent import AgentStep
from acd_plugin.communication.budget import affordable
from acd_plugin.communication.channel import Channel, Outgoing
from acd_plugin.communication.idle_settings import why_silent
from acd_plugin.communication.messages import bits_in, bits_of, number_of
from acd_plugin.components.action_selectors import EpsilonGreedy
from acd_plugin.components.chance import Streams
from acd_plugin.components.component_settings import ComponentSettings
from acd_plugin.components.contracts import EpisodeBatch, Scheme
from acd_plugin.configuration.channel_settings import ChannelSettings
from acd_plugin.configuration.ignored import Ignored
from acd_plugin.controllers.base import Choice
from acd_plugin.controllers.comm_controller import CommController, MessageForm
from acd_plugin.controllers.conversation import Memory, Step


class RialSettings(ComponentSettings):
    """Settings of the controller (``config/algs/rial.yaml``); the names are its keys."""

    n_bits: int = Field(ge=0, le=8)  # size of a message: one of 2^n_bits is chosen; 0: silence

    @property
    def message_outputs(self) -> int:
        """How many messages there are to choose from."""
        return int(2**self.n_bits)


class Unrolled(NamedTuple):
    """What the networks say about every step of whole episodes."""

    action_values: Tensor  # (B, T, N, A)
    available: Tensor  # (B, T, N, A) masks, widened by the messages received
    message_values: Tensor  # (B, T, N, P)
    messages_allowed: Tensor  # (B, T, N, P)
    messages: Tensor  # (B, T, N) numbers of the messages that were sent
    received: Tensor  # (B, T, N, L)


class RialController(CommController):
    """Multi-agent controller with EPyMARL's contract (Foerster et al. 2016, section 5.1).

    Beside the values of its actions a network gives one for each of the P messages, of which the
    agent sends the best or, with probability epsilon, any. Message 0, all bits 0, is silence and
    all that the gate allows an agent with nothing to say. What was said, or what a control said in
    its place, is stored, so learning takes it as given.
    """

    def __init__(self, scheme: Scheme, groups: Mapping[str, int], args: SimpleNamespace) -> None:
        del groups  # part of the contract; the settings know the number of agents
        self.settings = RialSettings.from_args(args)
        super().__init__(scheme, args, self.settings.message_outputs)
        self.message_selector = EpsilonGreedy(args)

    @classmethod
    def message_form(cls, args: SimpleNamespace) -> MessageForm:
        return MessageForm(Channel, RialSettings.from_args(args).n_bits)

    def idle_settings(self, way: ChannelSettings, steps: int | None) -> Ignored:
        found = dict(super().idle_settings(way, steps))
        limit = self.channel.bit_limit
        # What is chosen is learned, whatever a control says in its place; a limit may forbid it.
        if self.channel.constant == 0.0 and limit is not None and limit >= self.message_size:
            found["bit_limit"] = why_silent(self.channel)
        return found

    def streams(self) -> Streams:
        return {**super().streams(), "messages": EpsilonGreedy.stream}

    def recall(self, ep_batch: EpisodeBatch, t: int, memory: Memory) -> Memory:
        """Return the networks' states, and what was received as it is stored with the episode."""
        if t == 0:
            return memory
        arriving = self.arriving(ep_batch, slice(t, t + 1))[:, 0]
        return memory._replace(received=self.channel.deliver(arriving))

    def act(
        self, ep_batch: EpisodeBatch, t: int, memory: Memory, choice: Choice
    ) -> tuple[Step, dict[str, Tensor]]:
        values, message_values, hidden = self._networks(ep_batch, t, memory)
        observations = ep_batch["obs"][:, t]
        may_speak = self.channel.may_speak(observations)
        said = self.message_selector.choose(
            message_values,
            self._messages_allowed(may_speak, memory.spent),
            choice.draws["messages"],
            choice.exploration,
        )
        bits = bits_of(said, self.message_size).float()
        truths = self.truths(ep_batch, t)
        outgoing = Outgoing(2 * bits - 1, None, observations, may_speak, truths)
        messages, spent = self.channel.speak(outgoing, memory.spent)
        return Step(values, messages, memory._replace(hidden=hidden, spent=spent)), {}

    def repeat(self, ep_batch: EpisodeBatch, t: int, test_mode: bool, memory: Memory) -> Step:
        del test_mode  # what was said was said
        values, _, hidden = self._networks(ep_batch, t, memory)
        return Step(values, self.sent(ep_batch)[:, t], memory._replace(hidden=hidden))

    def _networks(self, ep_batch: EpisodeBatch, t: int, memory: Memory) -> AgentStep:
        embedded = self.embed(ep_batch, slice(t, t + 1))[:, 0]
        found: AgentStep = self.agent(embedded, memory.received, memory.hidden)
        return found

    def unroll(self, ep_batch: EpisodeBatch, steps: int) -> Unrolled:
        span = slice(0, steps)
        received = self.channel.deliver(self.arriving(ep_batch, span))
        values, message_values = self.agent.unroll(self.embed(ep_batch, span), received)
        return Unrolled(
            action_values=values,
            available=self.channel.widen(ep_batch["avail_actions"][:, span], received),
            message_values=message_values,
            messages_allowed=self._messages_allowed(
                self.channel.may_speak(ep_batch["obs"][:, span]), self._spent(ep_batch, span)
            ),
            messages=number_of(self.sent(ep_batch)[:, span]),
            received=received,
        )

    def _spent(self, ep_batch: EpisodeBatch, steps: slice) -> tuple[Tensor, ...]:
        """Return the bits that were sent before each of the first steps (B, steps, N, 1)."""
        if self.channel.bit_limit is None:
            return ()
        bits = bits_in(self.sent(ep_batch)[:, steps])
        return (bits.cumsum(dim=1) - bits,)

    def _messages_allowed(self, may_speak: Tensor, spent: tuple[Tensor, ...]) -> Tensor:
        """Return which messages (..., N, P) agents may send who may speak (..., N, 1) or not.

        ``spent`` are the bits that each has sent so far (..., N, 1), where those are limited.
        """
        silence = torch.ones_like(may_speak)
        outputs = self.settings.message_outputs
        anything = may_speak.expand(*may_speak.shape[:-1], outputs - 1)
        allowed = torch.cat([silence, anything], dim=-1)
        if self.channel.bit_limit is None:
            return allowed
        numbers = torch.arange(outputs, device=may_speak.device)
        costs = bits_of(numbers, self.message_size).sum(-1)
        (before,) = spent
        return allowed & affordable(costs, before, self.channel.bit_limit)
