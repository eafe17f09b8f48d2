"""State values for policy learners.

Shape legend: B games, T slots, N agents, I inputs. Layers are named as EPyMARL's, so that weights
fit both ways.
"""

from __future__ import annotations

from types import SimpleNamespace

import torch
from torch import Tensor, nn

from acd_plugin.components.contracts import EpisodeBatch, Scheme
from acd_plugin.critics.inputs import CriticInputs


class ValueNetwork(nn.Module):
    """Three linear layers."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(inputs, width)
        self.fc2 = nn.Linear(width, width)
        self.fc3 = nn.Linear(width, 1)

    def values(self, inputs: Tensor) -> Tensor:
        """Return the values (...) of inputs (..., I)."""
        hidden = torch.relu(self.fc2(torch.relu(self.fc1(inputs))))
        values: Tensor = self.fc3(hidden)
        return values.squeeze(-1)


class SharedCritic(ValueNetwork):
    """One network, which is told which agent it judges."""

    def __init__(self, scheme: Scheme, args: SimpleNamespace, *, central: bool) -> None:
        inputs = CriticInputs(scheme, args, central)
        super().__init__(inputs.size + inputs.settings.n_agents, inputs.settings.hidden_dim)
        self._inputs = inputs

    def forward(self, batch: EpisodeBatch) -> Tensor:
        """Return the values (B, T, N) of every slot of whole episodes."""
        inputs = self._inputs.of(batch)
        n_agents = inputs.shape[2]
        who = torch.eye(n_agents, device=inputs.device).expand(*inputs.shape[:3], n_agents)
        return self.values(torch.cat([inputs, who], dim=3))


class SeparateCritics(nn.ModuleList):
    """A network of its own for every agent."""

    def __init__(self, scheme: Scheme, args: SimpleNamespace, *, central: bool) -> None:
        inputs = CriticInputs(scheme, args, central)
        super().__init__(
            ValueNetwork(inputs.size, inputs.settings.hidden_dim)
            for _ in range(inputs.settings.n_agents)
        )
        self._inputs = inputs

    def _each(self) -> list[ValueNetwork]:
        return [network for network in self if isinstance(network, ValueNetwork)]

    def forward(self, batch: EpisodeBatch) -> Tensor:
        """Return the values (B, T, N) of every slot of whole episodes."""
        inputs = self._inputs.of(batch)
        parts = [network.values(inputs[:, :, i]) for i, network in enumerate(self._each())]
        return torch.stack(parts, dim=2)
