"""What controllers of communicating agents share.

Shape legend: B games, T steps, N agents, A actions, M message size, E embedding width.
"""

from __future__ import annotations

from abc import abstractmethod
from types import SimpleNamespace
from typing import NamedTuple, Protocol

import torch
from pydantic import Field
from torch import Tensor
from torch.nn import functional

from acd_plugin.agents import REGISTRY as AGENTS
from acd_plugin.agents.comm_agent import CommAgent, CommSizes
from acd_plugin.communication.channel import Channel
from acd_plugin.communication.disturbances import Disturbances, streams_of
from acd_plugin.communication.idle_settings import idle_to_all, without_messages
from acd_plugin.communication.messages import bits_sent, messages_sent
from acd_plugin.communication.registry import find_channel
from acd_plugin.components.args import ignore
from acd_plugin.components.chance import Draws, Streams
from acd_plugin.components.component_settings import ComponentSettings
from acd_plugin.components.contracts import EpisodeBatch, Scheme, SchemeEntry, entry_size
from acd_plugin.components.episodes import played_steps, previous_actions
from acd_plugin.configuration.channel_settings import ChannelSettings
from acd_plugin.configuration.ignored import Ignored
from acd_plugin.controllers.base import BaseController, Choice, Decision
from acd_plugin.controllers.conversation import Memory, Step, start
from acd_plugin.envs.comm_layout import CommLayout
from acd_plugin.errors import UserError, find


class CommSettings(ComponentSettings):
    """What every communicating algorithm can be set to."""

    message_content: str = "learned"  # or a control: a name in `communication.registry`
    channel: ChannelSettings = ChannelSettings()  # what happens to messages on their way
    bit_limit: int | None = Field(default=None, ge=0)  # an agent's, per game; None: no limit


class CommUnrolled(Protocol):
    """What learners read of unrolled episodes; a NamedTuple with these fields and more."""

    @property
    def action_values(self) -> Tensor:
        """Values of the actions (B, T, N, A)."""
        ...

    @property
    def available(self) -> Tensor:
        """Masks (B, T, N, A), widened by the messages received."""
        ...

    @property
    def received(self) -> Tensor:
        """What each agent received at each step (B, T, N, L)."""
        ...


class MessageForm(NamedTuple):
    """What messages are, as follows from a run's settings."""

    channel: type[Channel]  # that carries what was learned; a control takes its place
    size: int  # M, how many values one has; 0: agents do not communicate


class CommController(BaseController[Memory]):
    """Networks, the channel between them, and what they remember while they act.

    A message sent at step t is received at step t + 1; at step 0 everybody receives zeros. What was
    sent is stored with the episode as "messages". A subclass says what messages are and how they
    come about: `message_form`, `act`, `repeat`.
    """

    agent: CommAgent

    def __init__(self, scheme: Scheme, args: SimpleNamespace, message_outputs: int) -> None:
        """``message_outputs`` is how many values a network has to say, beside its actions'."""
        super().__init__(args)
        layout: CommLayout | None = args.blueprint.comm_layout
        self.n_actions: int = args.n_actions
        self.message_size = self.message_form(args).size
        if self.message_size and self.n_agents < 2:
            raise UserError(
                f"a team of {self.n_agents} has nobody to talk to: choose an environment with two "
                "agents or more, or an algorithm without messages"
            )
        self.channel = self.channel_class(args)(self.n_agents, layout)
        settings = CommSettings.from_args(args)
        self._set_up_channel(settings, layout)
        ignore(args, self.idle_settings(settings.channel, getattr(args, "episode_limit", None)))
        self._message_chances = self.message_chances(args)
        received = self.channel.received_size(self.message_size)
        sizes = CommSizes(entry_size(scheme, "obs"), received, message_outputs, layout)
        self.agent = find(AGENTS, "agent", args.agent)(sizes, args)
        self.memory = Memory([], torch.empty(0))  # until `init_hidden`

    def _set_up_channel(self, settings: CommSettings, layout: CommLayout | None) -> None:
        self.channel.always_there = None if layout is None else layout.always_there
        bits = self.channel.carries_bits
        if settings.bit_limit is not None and not bits:
            raise UserError(
                f"bit_limit={settings.bit_limit} counts bits, and this algorithm sends other "
                "numbers: leave it out"
            )
        if self.message_size:
            self.channel.bit_limit = settings.bit_limit
            if not settings.channel.is_clear:
                way = Disturbances(settings.channel, self.n_agents, layout, bits)
                self.channel.disturbances = way

    def idle_settings(self, way: ChannelSettings, steps: int | None) -> Ignored:
        """Return the settings of messages that change nothing, with the reason.

        ``way`` is what happens to messages in games of so many steps, None: nobody knows.
        """
        if not self.message_size:
            return without_messages(way)
        return idle_to_all(self.channel, way, steps)

    @classmethod
    @abstractmethod
    def message_form(cls, args: SimpleNamespace) -> MessageForm:
        """Return what messages are; UserError when the settings do not say."""

    @classmethod
    def channel_class(cls, args: SimpleNamespace) -> type[Channel]:
        """Return what carries the messages: the algorithm's own channel, or a control."""
        form = cls.message_form(args)
        return find_channel(CommSettings.from_args(args).message_content, form.channel, form.size)

    @classmethod
    def message_chances(cls, args: SimpleNamespace) -> Streams:
        """Return what is drawn for every agent at every step of what happens to messages."""
        return streams_of(CommSettings.from_args(args).channel, cls.message_form(args).size)

    @abstractmethod
    def act(
        self, ep_batch: EpisodeBatch, t: int, memory: Memory, choice: Choice
    ) -> tuple[Step, dict[str, Tensor]]:
        """Return step ``t``, at which agents speak now, and what of it is kept with the episode.

        What was said is kept anyway.
        """

    @abstractmethod
    def repeat(self, ep_batch: EpisodeBatch, t: int, test_mode: bool, memory: Memory) -> Step:
        """Return step ``t`` of episodes that were played, with the messages of then."""

    @abstractmethod
    def unroll(self, ep_batch: EpisodeBatch, steps: int) -> CommUnrolled:
        """Return what the networks say of the first ``steps`` steps of whole episodes."""

    @classmethod
    def needed_truths(cls, args: SimpleNamespace) -> tuple[str, ...]:
        """Return the names of the truths that the messages tell, see `BatchEnv.truths`."""
        return cls.channel_class(args).needs

    @classmethod
    def extra_scheme(cls, args: SimpleNamespace) -> Scheme:
        """Return what is stored with an episode beside EPyMARL's own entries."""
        size = cls.message_form(args).size
        entries = {name: agents_entry(1) for name in cls.needed_truths(args)}
        for name, stream in cls.message_chances(args).items():
            entries[name] = agents_entry(stream.columns)
        return {"messages": agents_entry(size), **entries} if size else entries

    def streams(self) -> Streams:
        return {**super().streams(), **self._message_chances}

    def greedy(self, like: Tensor) -> Choice:
        """Nothing happens to messages, either: ``like`` is (B, N, ...)."""
        choice = super().greedy(like)
        for name, stream in self._message_chances.items():
            choice.draws[name] = like.new_ones(*like.shape[:2], stream.columns)
        return choice

    def beginning(self, batch_size: int) -> Memory:
        return start(self.agent, self.channel, batch_size, self.n_agents, self.message_size)

    def decide(
        self, ep_batch: EpisodeBatch, t: int, memory: Memory, choice: Choice
    ) -> Decision[Memory]:
        return self.respond(ep_batch, t, self.recall(ep_batch, t, memory), choice)

    def respond(
        self, ep_batch: EpisodeBatch, t: int, memory: Memory, choice: Choice
    ) -> Decision[Memory]:
        """Return what the agents do at step ``t`` when they hear what ``memory`` has received."""
        available = self.channel.widen(ep_batch["avail_actions"][:, t], memory.received)
        found, stored = self.act(ep_batch, t, memory, choice)
        actions = self.action_selector.choose(
            found.action_values, available, choice.draws["exploration"], choice.exploration
        )
        said = {"messages": found.messages} if self.message_size else {}
        return Decision(actions, found.memory, said | stored | self.drawn_chances(choice.draws))

    def forward(self, ep_batch: EpisodeBatch, t: int, test_mode: bool = False) -> Tensor:
        """Return the action values (B, N, A) of step ``t``; steps must be asked for in order."""
        found = self.repeat(ep_batch, t, test_mode, self.recall(ep_batch, t, self.memory))
        self.memory = found.memory
        return found.action_values

    def recall(self, ep_batch: EpisodeBatch, t: int, memory: Memory) -> Memory:
        """Return what the agents remember when step ``t`` begins."""
        del ep_batch, t  # nothing but the step before
        return memory

    def embed(self, ep_batch: EpisodeBatch, steps: slice) -> Tensor:
        """Embed all that the agents know at ``steps`` but the messages (B, len(steps), N, E)."""
        previous = previous_actions(ep_batch, steps, none_yet=self.n_actions)
        return self.agent.embed(ep_batch["obs"][:, steps], previous)

    def sent(self, ep_batch: EpisodeBatch) -> Tensor:
        """Return the messages of whole episodes (B, T, N, M), as they were sent."""
        if self.message_size:
            return ep_batch["messages"]
        observations = ep_batch["obs"]
        return observations.new_zeros(*observations.shape[:-1], 0)

    def arriving(self, ep_batch: EpisodeBatch, steps: slice) -> Tensor:
        """Return the messages that arrive at ``steps`` (B, len(steps), N, M), as they then are.

        Where none was underway they are 0.
        """
        late = 1 + self.channel.delay
        span = slice(max(0, steps.start - late), max(0, steps.stop - late))
        chances = self.stored_chances(ep_batch, span)
        observed = ep_batch["obs"][:, span]
        arrived = self.channel.tamper(self.sent(ep_batch)[:, span], chances, observed)
        missing = steps.stop - steps.start - arrived.shape[1]
        return functional.pad(arrived, (0, 0, 0, 0, missing, 0))

    def drawn_chances(self, draws: Draws) -> Draws:
        """Return what of the draws of a step says what happens to messages."""
        return {name: draws[name] for name in self._message_chances}

    def stored_chances(self, ep_batch: EpisodeBatch, steps: slice) -> Draws:
        """Return the same as it was when ``steps`` of the episodes were played."""
        return {name: ep_batch[name][:, steps] for name in self._message_chances}

    def truths(self, ep_batch: EpisodeBatch, steps: int | slice) -> dict[str, Tensor]:
        """Return the truths at ``steps`` that the messages tell, by name."""
        return {name: ep_batch[name][:, steps] for name in self.channel.needs}

    def episode_stats(self, ep_batch: EpisodeBatch) -> dict[str, Tensor]:
        """Return statistics of the episodes just played, each (B,)."""
        if not self.message_size:
            return {}
        sent, played = ep_batch["messages"][:, :-1], played_steps(ep_batch)
        return {
            "messages_sent": messages_sent(sent, played),
            "bits_sent": bits_sent(sent, played),
        }

    def to(self, device: str | torch.device) -> None:
        super().to(device)
        self.channel.to(device)


def agents_entry(size: int) -> SchemeEntry:
    """Return the scheme of ``size`` numbers that each agent has at each step."""
    return {"vshape": (size,), "group": "agents", "dtype": torch.float32}
