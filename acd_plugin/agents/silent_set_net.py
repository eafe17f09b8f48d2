"""The same network for agents that do not talk, with EPyMARL's signature.

Shape legend: B games, N agents, I inputs, A actions, K host slots, W width.
"""

from __future__ import annotations

from types import SimpleNamespace

import torch
from torch import Tensor, nn

from acd_plugin.agents.comm_agent import CommSizes
from acd_plugin.agents.set_net import SetNet, SetNetSettings
from acd_plugin.envs.comm_layout import CommLayout
from acd_plugin.errors import UserError


class SilentSetNet(nn.Module):
    """A `SetNet` that hears and says nothing; its state is that of an agent and of its hosts."""

    def __init__(self, input_shape: int, args: SimpleNamespace) -> None:
        """Raises UserError as `SetNet`, and when inputs tell agents by their numbers."""
        super().__init__()
        layout: CommLayout | None = args.blueprint.comm_layout
        self.n_actions: int = args.n_actions
        self.observation_size = layout.observation_size if layout is not None else input_shape
        if layout is not None and input_shape != self.observation_size + self.n_actions:
            raise UserError(
                "agent 'set_net' sees what agents observe and did last, and not their numbers, "
                "which mean nothing in another team: set obs_agent_id=False obs_last_action=True"
            )
        sizes = CommSizes(self.observation_size, 0, 0, layout)
        self.net = SetNet(sizes, SetNetSettings.from_args(args))

    def init_hidden(self) -> Tensor:
        """Return the zero state (1, (1 + K) W) that every agent of every game starts from."""
        size = (1 + self.net.layout.host_slots) * self.net.width
        return self.net.embed_own.weight.new_zeros(1, size)

    def forward(self, inputs: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """One step: inputs (B * N, I) and states (B, N, ...) to values (B * N, A) and states."""
        by_agent = inputs.unflatten(0, (-1, self.net.n_agents))
        seen, done = by_agent.split([self.observation_size, self.n_actions], dim=-1)
        none_yet = (done.sum(-1) == 0) * self.n_actions
        embedded = self.net.embed(seen, done.argmax(-1) + none_yet)
        states = hidden.reshape(*by_agent.shape[:2], -1).split(
            [self.net.width, self.net.layout.host_slots * self.net.width], dim=-1
        )
        own, hosts = states[0].flatten(0, 1), states[1].reshape(-1, self.net.width)
        step = self.net(embedded, seen[..., :0], [own, hosts])
        following = [state.view(*by_agent.shape[:2], -1) for state in step.hidden]
        return step.action_values.flatten(0, 1), torch.cat(following, dim=-1)
