"""The recurrent network of agents that do not communicate.

Shape legend: B games, T steps, N agents, I inputs, H hidden width, A actions. Layers, their names
and the contract are EPyMARL's, so that weights fit both ways.
"""

from __future__ import annotations

from types import SimpleNamespace

import torch
from pydantic import Field
from torch import Tensor, nn

from acd_plugin.agents.recurrence import unroll_gru
from acd_plugin.components.component_settings import ComponentSettings


class RnnSettings(ComponentSettings):
    """Settings of the network; the names are the configuration's keys."""

    n_agents: int = Field(ge=1)
    n_actions: int = Field(ge=1)
    hidden_dim: int = Field(ge=1)
    use_rnn: bool  # False: a linear layer instead of the GRU cell


class RnnAgent(nn.Module):
    """Linear, ReLU, GRU cell (or linear, ReLU), linear: one network for all agents."""

    def __init__(self, input_shape: int, args: SimpleNamespace) -> None:
        super().__init__()
        settings = RnnSettings.from_args(args)
        width = settings.hidden_dim
        self.fc1 = nn.Linear(input_shape, width)
        self.rnn = nn.GRUCell(width, width) if settings.use_rnn else nn.Linear(width, width)
        self.fc2 = nn.Linear(width, settings.n_actions)

    def init_hidden(self) -> Tensor:
        """Return the zero state (1, H) that every agent of every game starts from."""
        return self.fc1.weight.new_zeros(1, self.fc1.out_features)

    def forward(self, inputs: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """One step: inputs (R, I) and states (..., H) of R rows to outputs (R, A) and states."""
        x = torch.relu(self.fc1(inputs))
        if isinstance(self.rnn, nn.GRUCell):
            x = self.rnn(x, hidden.reshape(-1, x.shape[1]))
        else:
            x = torch.relu(self.rnn(x))
        return self.fc2(x), x

    def unroll(self, inputs: Tensor) -> Tensor:
        """Whole episodes from their start: (T, B, N, I) to (T, B, N, A)."""
        x = torch.relu(self.fc1(inputs))
        if isinstance(self.rnn, nn.GRUCell):
            x = unroll_gru([self.rnn], x.flatten(1, 2)).view_as(x)
        else:
            x = torch.relu(self.rnn(x))
        outputs: Tensor = self.fc2(x)
        return outputs


class SeparateRnnAgents(nn.Module):
    """A network of its own for every agent, behind the interface of one `RnnAgent`.

    Each network sees all games (and, in `unroll`, all steps) at once. One call per network is
    faster than products with stacked weights, which cannot use the fast recurrent layer.
    """

    def __init__(self, input_shape: int, args: SimpleNamespace) -> None:
        super().__init__()
        n_agents = RnnSettings.from_args(args).n_agents
        self.agents = nn.ModuleList(RnnAgent(input_shape, args) for _ in range(n_agents))

    def _each(self) -> list[RnnAgent]:
        return [agent for agent in self.agents if isinstance(agent, RnnAgent)]

    def init_hidden(self) -> Tensor:
        """Return the zero states (N, H)."""
        return torch.cat([agent.init_hidden() for agent in self._each()])

    def forward(self, inputs: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """One step: inputs (B * N, I) and states (B, N, H) to (B * N, A) and (B, N, H)."""
        by_agent = inputs.unflatten(0, (-1, len(self.agents)))
        results = [agent(by_agent[:, i], hidden[:, i]) for i, agent in enumerate(self._each())]
        outputs, following = zip(*results, strict=True)
        return torch.stack(outputs, dim=1).flatten(0, 1), torch.stack(following, dim=1)

    def unroll(self, inputs: Tensor) -> Tensor:
        """Whole episodes from their start: (T, B, N, I) to (T, B, N, A)."""
        parts = [agent.unroll(inputs[:, :, i : i + 1]) for i, agent in enumerate(self._each())]
        return torch.cat(parts, dim=2)
