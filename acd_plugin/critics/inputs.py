"""What critics are shown.

Shape legend: B games, T slots, N agents, I inputs.
"""

from __future__ import annotations

from types import SimpleNamespace

import torch
from pydantic import Field
from torch import Tensor

from acd_plugin.components.args import ignore
from acd_plugin.components.component_settings import ComponentSettings
from acd_plugin.components.contracts import EpisodeBatch, Scheme, entry_size
from acd_plugin.components.episodes import previous_actions_onehot


class CriticSettings(ComponentSettings):
    """Settings of the networks; the names are the configuration's keys."""

    n_agents: int = Field(ge=1)
    hidden_dim: int = Field(ge=1)
    obs_individual_obs: bool = False  # a central critic also sees all agents' observations
    obs_last_action: bool  # and what all did last


class CriticInputs:
    """What is known about every slot of an episode, but not who asks.

    An agent's critic is shown what the agent sees; a ``central`` one the state, and what the
    settings add to it.
    """

    def __init__(self, scheme: Scheme, args: SimpleNamespace, central: bool) -> None:
        self.settings = CriticSettings.from_args(args)
        self._central = central
        if not central:
            reason = "only a central critic sees it: critic_type=cv_critic or cv_critic_ns"
            ignore(args, {"obs_individual_obs": reason})
        n_agents = self.settings.n_agents
        self.size = entry_size(scheme, "state" if central else "obs")  # I
        if central and self.settings.obs_individual_obs:
            self.size += entry_size(scheme, "obs") * n_agents
        if central and self.settings.obs_last_action:
            self.size += entry_size(scheme, "actions_onehot") * n_agents

    def of(self, batch: EpisodeBatch) -> Tensor:
        """Return the inputs (B, T, N, I)."""
        observations = batch["obs"]
        if not self._central:
            return observations
        parts = [batch["state"]]
        if self.settings.obs_individual_obs:
            parts.append(observations.flatten(2))
        if self.settings.obs_last_action:
            everything = slice(0, batch.max_seq_length)
            parts.append(previous_actions_onehot(batch, everything).flatten(2))
        known = torch.cat(parts, dim=2).unsqueeze(2)
        return known.expand(-1, -1, self.settings.n_agents, -1)
