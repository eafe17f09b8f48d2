"""What controllers want of the network of communicating agents.

Shape legend: B games, T steps, N agents, A actions, P message outputs, L size of what an agent
receives, O observation length, E embedding width.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

from torch import Tensor, nn

from acd_plugin.envs.comm_layout import CommLayout

Hidden = list[Tensor]  # what a network carries from step to step; zeros at an episode's start


class CommSizes(NamedTuple):
    """What goes into the network and comes out of it, per agent and step."""

    observation: int  # O
    received: int  # L; 0: agents hear nothing
    message_outputs: int  # P; in DIAL one for each bit, in RIAL one for each message
    layout: CommLayout | None  # how observations are laid out, if the environment says so


class AgentStep(NamedTuple):
    """What the networks make of one step."""

    action_values: Tensor  # (B, N, A)
    message_outputs: Tensor  # (B, N, P)
    hidden: Hidden


class CommAgent(nn.Module, ABC):
    """The networks of all agents: parameters, and functions of tensors that keep nothing.

    Built by ``make(sizes, args)``, where ``args`` are the run's settings.
    """

    @abstractmethod
    def init_hidden(self, batch_size: int) -> Hidden:
        """Return the states in which ``batch_size`` games begin; one tensor at least."""

    @abstractmethod
    def embed(self, observations: Tensor, previous_actions: Tensor) -> Tensor:
        """Embed all inputs but the messages: (..., N, O) and (..., N) to (..., N, E).

        ``previous_actions`` holds A where there is none yet. As nothing here depends on messages,
        whole episodes are embedded at once.
        """

    @abstractmethod
    def forward(self, embedded: Tensor, received: Tensor, hidden: Hidden) -> AgentStep:
        """One step: embedded (B, N, E) and received (B, N, L) from the states ``hidden``."""

    def unroll(self, embedded: Tensor, received: Tensor) -> tuple[Tensor, Tensor]:
        """Whole episodes whose messages are known: (B, T, N, E) and (B, T, N, L).

        Returns action values (B, T, N, A) and message outputs (B, T, N, P). Only algorithms that
        take what was said as given (RIAL) need it.
        """
        raise NotImplementedError(f"{type(self).__name__} cannot be unrolled over known messages")

    def update_message_norm(self, received: Tensor, heard: Tensor) -> None:
        """After an update: let a normalisation of messages follow those received (..., N, L).

        ``heard`` (..., N) is 1 where something was received, and 0 after a game's end.
        """
