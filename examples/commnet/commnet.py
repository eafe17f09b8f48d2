"""A communicating algorithm of one's own: CommNet (Sukhbaatar et al. 2016), its recurrent form.

    python main.py --config=examples/commnet/commnet.yaml --env-config=cyborg_small

Nobody sends bits here. An agent sends its whole hidden state, and every agent receives the mean of
what the others sent one step before (equations 1 and 2, with the time step in place of the
communication step). Shape legend: B games, T steps, N agents, A actions, O observation length, W
width: of hidden states, and so of messages.
"""

from __future__ import annotations

from types import SimpleNamespace

import torch
from pydantic import Field
from torch import Tensor, nn

from acd_plugin.agents import REGISTRY as AGENTS
from acd_plugin.agents.comm_agent import AgentStep, CommAgent, CommSizes, Hidden
from acd_plugin.communication.channel import Channel, Outgoing
from acd_plugin.components.component_settings import ComponentSettings
from acd_plugin.components.contracts import EpisodeBatch
from acd_plugin.controllers import REGISTRY as CONTROLLERS
from acd_plugin.controllers.comm_controller import MessageForm
from acd_plugin.controllers.speaking_controller import SpeakingController
from acd_plugin.envs.comm_layout import CommLayout
from acd_plugin.learners import REGISTRY as LEARNERS
from acd_plugin.learners.dial_learner import DialLearner


class CommNetSettings(ComponentSettings):
    """Settings of network and messages; the names are the configuration's keys."""

    n_agents: int = Field(ge=1)
    n_actions: int = Field(ge=1)
    hidden_dim: int = Field(ge=1)


class MeanChannel(Channel):
    """Everybody receives the mean of what all others send: real numbers, which unlock nothing."""

    carries_bits = False

    def __init__(self, n_agents: int, layout: CommLayout | None) -> None:
        del layout  # so nobody is kept from speaking, and no action waits for a message
        super().__init__(n_agents, None)

    def received_size(self, message_size: int) -> int:
        return message_size

    def send(self, outgoing: Outgoing) -> Tensor:
        return outgoing.logits

    def deliver(self, messages: Tensor) -> Tensor:
        others = messages.sum(dim=-2, keepdim=True) - messages  # (..., N, W)
        return others / max(1, self.n_agents - 1)


class CommNet(CommAgent):
    """One network for all agents: ``h' = tanh(encoder(o) + H h + C c)``, with c what was heard."""

    def __init__(self, sizes: CommSizes, args: SimpleNamespace) -> None:
        super().__init__()
        settings = CommNetSettings.from_args(args)
        self.n_agents, self.width = settings.n_agents, settings.hidden_dim
        self.encoder = nn.Linear(sizes.observation, self.width)
        self.who = nn.Embedding(settings.n_agents, self.width)
        self.did = nn.Embedding(settings.n_actions + 1, self.width)  # the last: nothing yet
        self.remember = nn.Linear(self.width, self.width, bias=False)  # H
        self.hear = nn.Linear(sizes.received, self.width, bias=False)  # C
        self.decide = nn.Linear(self.width, settings.n_actions)

    def init_hidden(self, batch_size: int) -> Hidden:
        return [self.who.weight.new_zeros(batch_size, self.n_agents, self.width)]

    def embed(self, observations: Tensor, previous_actions: Tensor) -> Tensor:
        seen: Tensor = self.encoder(observations)
        return seen + self.did(previous_actions) + self.who.weight

    def forward(self, embedded: Tensor, received: Tensor, hidden: Hidden) -> AgentStep:
        state = torch.tanh(embedded + self.remember(hidden[0]) + self.hear(received))
        return AgentStep(self.decide(state), message_outputs=state, hidden=[state])


class CommNetController(SpeakingController):
    """Says what messages are; how they are heard, sent and stored is the same for all."""

    @classmethod
    def message_form(cls, args: SimpleNamespace) -> MessageForm:
        return MessageForm(MeanChannel, size=args.hidden_dim)

    def episode_stats(self, ep_batch: EpisodeBatch) -> dict[str, Tensor]:
        """Return how loud the agents were; of bits there are none to count."""
        return {"loudness": ep_batch["messages"].abs().mean(dim=(1, 2, 3)).double()}


class CommNetLearner(DialLearner):
    """DIAL's loss: errors of the listeners' values reach the senders through what they said."""

    algorithm = "CommNet"
    controller = ("commnet_mac", CommNetController)


AGENTS["commnet"] = CommNet
CONTROLLERS["commnet_mac"] = CommNetController
LEARNERS["commnet_learner"] = CommNetLearner
