"""State values for policy learners.

Shape legend: B games, T steps, N agents, I inputs.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch
from pydantic import Field
from torch import Tensor, nn

from acd_plugin.components.component_settings import ComponentSettings
from acd_plugin.components.episodes import previous_actions_onehot


class CriticSettings(ComponentSettings):
    """Settings of the network; the names are the configuration's keys."""

    n_agents: int = Field(ge=1)
    hidden_dim: int = Field(ge=1)
    obs_individual_obs: bool = False  # a central critic also sees all agents' observations
    obs_last_action: bool  # and what all did last


class Critic(nn.Module):
    """Three linear layers over what an agent sees or, ``central``, over what there is to know.

    A ``shared`` network is told which agent it judges; else every agent has a network of its own.
    """

    def __init__(
        self, scheme: dict[str, Any], args: SimpleNamespace, *, central: bool, shared: bool
    ) -> None:
        super().__init__()
        self.settings = CriticSettings.from_args(args)
        self.central = central
        n_agents, width = self.settings.n_agents, self.settings.hidden_dim
        inputs = self._input_size(scheme) + n_agents * shared
        self.networks = nn.ModuleList(
            nn.Sequential(
                nn.Linear(inputs, width),
                nn.ReLU(),
                nn.Linear(width, width),
                nn.ReLU(),
                nn.Linear(width, 1),
            )
            for _ in range(1 if shared else n_agents)
        )

    def _input_size(self, scheme: dict[str, Any]) -> int:
        observation: int = scheme["obs"]["vshape"]
        if not self.central:
            return observation
        size: int = scheme["state"]["vshape"]
        if self.settings.obs_individual_obs:
            size += observation * self.settings.n_agents
        if self.settings.obs_last_action:
            size += scheme["actions_onehot"]["vshape"][0] * self.settings.n_agents
        return size

    def forward(self, batch: Any) -> Tensor:
        """Return the values (B, T + 1, N) of every slot of whole episodes."""
        inputs = self._inputs(batch)
        if len(self.networks) == 1:
            n_agents = inputs.shape[2]
            who = torch.eye(n_agents, device=inputs.device)
            inputs = torch.cat([inputs, who.expand(*inputs.shape[:3], n_agents)], dim=3)
            values: Tensor = self.networks[0](inputs)
            return values.squeeze(3)
        parts = [network(inputs[:, :, i]) for i, network in enumerate(self.networks)]
        return torch.cat(parts, dim=2)

    def _inputs(self, batch: Any) -> Tensor:
        """Return what is known about every slot (B, T + 1, N, I), but not who asks."""
        observations: Tensor = batch["obs"]
        if not self.central:
            return observations
        parts = [batch["state"]]
        if self.settings.obs_individual_obs:
            parts.append(observations.flatten(2))
        if self.settings.obs_last_action:
            everything = slice(0, batch.max_seq_length)
            parts.append(previous_actions_onehot(batch, everything).flatten(2))
        known = torch.cat(parts, dim=2).unsqueeze(2)
        return known.expand(-1, -1, self.settings.n_agents, -1)
