"""A C-Net of its own for every agent: the alternative to sharing parameters."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from acd_plugin.agents.c_net import CNet, CNetSettings
from acd_plugin.agents.comm_agent import AgentStep, CommAgent, CommSizes, Hidden


class SeparateCNets(CommAgent):
    """N networks behind the interface of one `CNet`."""

    def __init__(self, sizes: CommSizes, settings: CNetSettings) -> None:
        super().__init__()
        self.nets = nn.ModuleList(
            CNet(sizes, settings, n_agents=1) for _ in range(settings.n_agents)
        )

    def _each(self) -> list[CNet]:
        return [net for net in self.nets if isinstance(net, CNet)]

    def init_hidden(self, batch_size: int) -> Hidden:
        return [state for net in self._each() for state in net.init_hidden(batch_size)]

    def embed(self, observations: Tensor, previous_actions: Tensor) -> Tensor:
        parts = [
            net.embed(observations[..., i : i + 1, :], previous_actions[..., i : i + 1])
            for i, net in enumerate(self._each())
        ]
        return torch.cat(parts, dim=-2)

    def forward(self, embedded: Tensor, received: Tensor, hidden: Hidden) -> AgentStep:
        layers = len(hidden) // len(self.nets)
        values, outputs = [], []
        following: Hidden = []
        for i, net in enumerate(self._each()):
            own = hidden[i * layers : (i + 1) * layers]
            step: AgentStep = net(embedded[:, i : i + 1], received[:, i : i + 1], own)
            values.append(step.action_values)
            outputs.append(step.message_outputs)
            following += step.hidden
        return AgentStep(torch.cat(values, dim=1), torch.cat(outputs, dim=1), following)

    def unroll(self, embedded: Tensor, received: Tensor) -> tuple[Tensor, Tensor]:
        parts = [
            net.unroll(embedded[:, :, i : i + 1], received[:, :, i : i + 1])
            for i, net in enumerate(self._each())
        ]
        values, outputs = zip(*parts, strict=True)
        return torch.cat(values, dim=2), torch.cat(outputs, dim=2)

    def update_message_norm(self, received: Tensor, heard: Tensor) -> None:
        """Let each agent's normalisation follow what it received (..., N, n)."""
        for i, net in enumerate(self._each()):
            net.update_message_norm(received[..., i, :], heard[..., i])
