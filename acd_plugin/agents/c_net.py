"""C-Net: the network of a communicating agent.

Shape legend: B games, T steps, N agents, A actions, P message outputs, L size of what an agent
receives, K host slots, O observation length, E embedding width (= hidden width).
Source: arXiv 2507.14658, equations 1 and 2; Foerster et al. 2016, appendix.
"""

from __future__ import annotations

import torch
from pydantic import Field
from torch import Tensor, nn

from acd_plugin.agents.comm_agent import AgentStep, CommAgent, CommSizes, Hidden
from acd_plugin.agents.observation_encoders import make_observation_encoder
from acd_plugin.agents.recurrence import unroll_gru
from acd_plugin.communication.message_norm import MessageNorm
from acd_plugin.components.component_settings import ComponentSettings

_RNN_INIT = 0.08  # half width of the uniform initialisation of the recurrent layers


class CNetSettings(ComponentSettings):
    """Settings of the network; the names are the configuration's keys."""

    n_agents: int = Field(ge=1)
    n_actions: int = Field(ge=1)
    hidden_dim: int = Field(ge=1)
    rnn_layers: int = Field(ge=1)
    share_parameters: bool  # False: a network for each agent


class CNet(CommAgent):
    """One network for ``n_agents`` agents, told apart by an embedding of their number.

    The embeddings of agent, observation, previous action and received messages are summed
    (equation 1), go through stacked GRU cells and a two-layer head whose outputs are A action
    values and P message outputs: in DIAL one logit for each bit.
    """

    def __init__(self, sizes: CommSizes, settings: CNetSettings, n_agents: int) -> None:
        super().__init__()
        width = settings.hidden_dim
        self.n_actions = settings.n_actions
        self.embed_agent = nn.Embedding(n_agents, width)
        self.embed_observation = make_observation_encoder(sizes.observation, width, sizes.layout)
        self.embed_action = nn.Embedding(settings.n_actions + 1, width)  # the last: none yet
        self.message_norm = MessageNorm(sizes.received)
        self.embed_messages = nn.Linear(sizes.received, width) if sizes.received else None
        self.cells = nn.ModuleList(nn.GRUCell(width, width) for _ in range(settings.rnn_layers))
        for parameter in self.cells.parameters():
            nn.init.uniform_(parameter, -_RNN_INIT, _RNN_INIT)
        self.head = nn.Sequential(
            nn.Linear(width, width),
            nn.ReLU(),
            nn.Linear(width, settings.n_actions + sizes.message_outputs),
        )

    def init_hidden(self, batch_size: int) -> Hidden:
        """Return the zero states (B * N, E) of every layer."""
        rows = batch_size * self.embed_agent.num_embeddings
        width = self.embed_agent.embedding_dim
        return [self.embed_agent.weight.new_zeros(rows, width) for _ in self.cells]

    def embed(self, observations: Tensor, previous_actions: Tensor) -> Tensor:
        z: Tensor = self.embed_observation(observations)
        return z + self.embed_action(previous_actions) + self.embed_agent.weight

    def hear(self, embedded: Tensor, received: Tensor) -> Tensor:
        """Add the embedding of received messages (..., N, L) to the rest (..., N, E)."""
        if self.embed_messages is None:
            return embedded
        return embedded + torch.relu(self.embed_messages(self.message_norm(received)))

    def forward(self, embedded: Tensor, received: Tensor, hidden: Hidden) -> AgentStep:
        z = self.hear(embedded, received)
        x = z.flatten(0, 1)
        following: Hidden = []
        for cell, state in zip(self.cells, hidden, strict=True):
            x = cell(x, state)
            following.append(x)
        values, said = self._split(self.head(x).view(*z.shape[:2], -1))
        return AgentStep(values, said, following)

    def unroll(self, embedded: Tensor, received: Tensor) -> tuple[Tensor, Tensor]:
        z = self.hear(embedded, received).transpose(0, 1)  # (T, B, N, E)
        cells = [cell for cell in self.cells if isinstance(cell, nn.GRUCell)]
        out = self.head(unroll_gru(cells, z.flatten(1, 2))).view(*z.shape[:3], -1).transpose(0, 1)
        return self._split(out)

    def _split(self, outputs: Tensor) -> tuple[Tensor, Tensor]:
        """Part outputs (..., A + P) into action values and message outputs."""
        values, said = outputs.split([self.n_actions, outputs.shape[-1] - self.n_actions], dim=-1)
        return values, said

    def update_message_norm(self, received: Tensor, heard: Tensor) -> None:
        self.message_norm.update(received, heard)
