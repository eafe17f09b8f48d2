"""QMIX's mixing network (Rashid et al. 2018, section 4 and figure 2).

Shape legend: B games, T steps, N agents, S state size, E embedding width. Layers are named as
EPyMARL's, so that weights fit both ways.
"""

from __future__ import annotations

from math import prod
from types import SimpleNamespace
from typing import Literal

from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from acd_plugin.components.component_settings import ComponentSettings
from acd_plugin.configuration.ignored import Ignored


class QmixSettings(ComponentSettings):
    """Settings of the mixer; the names are the configuration's keys."""

    n_agents: int = Field(ge=1)
    state_shape: int | tuple[int, ...]
    mixing_embed_dim: int = Field(ge=1)
    hypernet_layers: Literal[1, 2] = 1
    hypernet_embed: int = Field(default=64, ge=1)  # width inside hyper-networks of two layers

    @property
    def ignored(self) -> Ignored:
        if self.hypernet_layers == 2:
            return {}
        return {"hypernet_embed": "with hypernet_layers=1 hyper-networks have no inside"}


class QmixMixer(nn.Module):
    """A two-layer network from the agents' values to the team's, monotone in each of them.

    Its weights are the absolute outputs of hyper-networks that read the state, so more for one
    agent is never less for the team, and the agents' own best actions are the team's best.
    """

    def __init__(self, args: SimpleNamespace) -> None:
        super().__init__()
        settings = QmixSettings.from_args(args)
        shape = settings.state_shape
        state = prod(shape) if isinstance(shape, tuple) else shape
        self.width = settings.mixing_embed_dim
        self.hyper_w_1 = _hyper_network(state, settings, settings.n_agents * self.width)
        self.hyper_w_final = _hyper_network(state, settings, self.width)
        self.hyper_b_1 = nn.Linear(state, self.width)
        self.V = nn.Sequential(nn.Linear(state, self.width), nn.ReLU(), nn.Linear(self.width, 1))

    def forward(self, values: Tensor, states: Tensor) -> Tensor:
        """Mix values (B, T, N) in states (B, T, S) into (B, T, 1)."""
        first = self.hyper_w_1(states).abs().unflatten(-1, (-1, self.width))  # (B, T, N, E)
        mixed = (values.unsqueeze(-1) * first).sum(dim=2)  # (B, T, E)
        hidden = functional.elu(mixed + self.hyper_b_1(states))
        final = self.hyper_w_final(states).abs()  # (B, T, E)
        total: Tensor = (hidden * final).sum(dim=2, keepdim=True)
        return total + self.V(states)


def _hyper_network(state: int, settings: QmixSettings, outputs: int) -> nn.Module:
    if settings.hypernet_layers == 1:
        return nn.Linear(state, outputs)
    inside = settings.hypernet_embed
    return nn.Sequential(nn.Linear(state, inside), nn.ReLU(), nn.Linear(inside, outputs))
