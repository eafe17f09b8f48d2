"""One step of agents that hear and speak, and whole episodes of it, as functions of tensors.

Acting, learning and the analysis of messages all go through `step`. Nothing here keeps anything
between calls. Shape legend: B games, T steps, N agents, A actions, M message size, L size of what
an agent receives, O observation length, E embedding width.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor

from acd_plugin.agents.comm_agent import AgentStep, CommAgent, Hidden
from acd_plugin.communication.channel import Channel, Outgoing


class Memory(NamedTuple):
    """What agents take from one step into the next."""

    hidden: Hidden  # the networks' states
    received: Tensor  # (B, N, L) what arrives at this step
    underway: tuple[Tensor, ...] = ()  # (B, N, M) what arrives later, if messages are delayed
    spent: tuple[Tensor, ...] = ()  # (B, N, 1) bits that were sent so far, if they are limited


class Known(NamedTuple):
    """What is known of every step, whatever is said; B, T or of one step B alone."""

    embedded: Tensor  # (B, T, N, E) all that agents know but messages
    observations: Tensor  # (B, T, N, O)
    allowed: Tensor  # (B, T, N, 1) who may speak
    noise: Tensor | None  # (B, T, N, M) of the channel; None: execution
    truths: Mapping[str, Tensor]  # (B, T, N, 1) those that the channel needs
    chances: Mapping[str, Tensor]  # (B, T, N, C) of what happens to messages on their way

    def steps(self) -> list[Known]:
        """Return what is known of each step alone, without the axis T."""
        # Taken apart at once: the gradient of a single step would be as large as of all.
        noise = [None] * self.embedded.shape[1] if self.noise is None else self.noise.unbind(1)
        steps = range(self.embedded.shape[1])
        truths, chances = _by_step(self.truths, steps), _by_step(self.chances, steps)
        parts = (self.embedded.unbind(1), self.observations.unbind(1), self.allowed.unbind(1))
        return [
            Known(*own, noise[t], truths[t], chances[t])
            for t, own in enumerate(zip(*parts, strict=True))
        ]


def _by_step(entries: Mapping[str, Tensor], steps: range) -> list[dict[str, Tensor]]:
    """Return the entries (B, T, ...) of each step alone."""
    apart = {name: values.unbind(1) for name, values in entries.items()}
    return [{name: values[t] for name, values in apart.items()} for t in steps]


class Step(NamedTuple):
    """What came of one step."""

    action_values: Tensor  # (B, N, A)
    messages: Tensor  # (B, N, M) sent
    memory: Memory  # for the next step


class Unrolled(NamedTuple):
    """What the networks say about every step of whole episodes."""

    action_values: Tensor  # (B, T, N, A)
    available: Tensor  # (B, T, N, A) masks, widened by the messages received
    messages: Tensor  # (B, T, N, M) sent at each step
    received: Tensor  # (B, T, N, L) received at each step


def start(agent: CommAgent, channel: Channel, n_games: int, n_agents: int, size: int) -> Memory:
    """Return the memory at the start of episodes: nothing was received of messages of ``size``."""
    hidden = agent.init_hidden(n_games)
    silence = hidden[0].new_zeros(n_games, n_agents, channel.received_size(size))
    unsaid = [hidden[0].new_zeros(n_games, n_agents, size) for _ in range(channel.delay)]
    spent = silence.new_zeros(n_games, n_agents, 1, dtype=torch.int64)
    return Memory(hidden, silence, tuple(unsaid), () if channel.bit_limit is None else (spent,))


def step(agent: CommAgent, channel: Channel, known: Known, memory: Memory) -> Step:
    """Hear, decide and speak: one step of every agent in every game."""
    said: AgentStep = agent(known.embedded, memory.received, memory.hidden)
    values, outputs, hidden = said
    outgoing = Outgoing(outputs, known.noise, known.observations, known.allowed, known.truths)
    messages, spent = channel.speak(outgoing, memory.spent)
    disturbed = channel.tamper(messages, known.chances, known.observations)
    arriving, *later = (*memory.underway, disturbed)
    received = channel.deliver(arriving)
    return Step(values, messages, Memory(hidden, received, tuple(later), spent))


def unroll(
    agent: CommAgent, channel: Channel, known: Known, available: Tensor, memory: Memory
) -> Unrolled:
    """Return all steps of episodes whose masks are ``available`` (B, T, N, A) without messages."""
    values, messages, received = [], [], []
    for now in known.steps():
        received.append(memory.received)
        found = step(agent, channel, now, memory)
        values.append(found.action_values)
        messages.append(found.messages)
        memory = found.memory
    heard = torch.stack(received, dim=1)
    return Unrolled(
        action_values=torch.stack(values, dim=1),
        available=channel.widen(available, heard),
        messages=torch.stack(messages, dim=1),
        received=heard,
    )
