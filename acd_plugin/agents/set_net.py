"""SetNet: a network that plays any scenario, because its weights count neither hosts nor agents.

Every host goes through the same layers, is remembered by the same recurrent layer, and asked for
the values of what can be done on it by the same head (Zaheer et al. 2017, "Deep Sets"). What an
agent makes of all its hosts, and of all messages, is pooled. So agents and hosts are told apart by
what is known of them alone: give them a profile (``env_args.host_profile``).

Shape legend: B games, T steps, N agents, A actions, C of them that block, K host slots, P message
outputs, L size of what an agent receives, O observation length, W width,
E = (K + C + 1) W + K + C.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import NamedTuple

import torch
from pydantic import Field
from torch import Tensor, nn

from acd_plugin.agents.action_places import KINDS, ActionPlaces
from acd_plugin.agents.comm_agent import AgentStep, CommAgent, CommSizes, Hidden
from acd_plugin.components.component_settings import ComponentSettings
from acd_plugin.errors import UserError


class SetNetSettings(ComponentSettings):
    """Settings of the network; the names are the configuration's keys."""

    n_agents: int = Field(ge=1)
    hidden_dim: int = Field(ge=1)


class _Seen(NamedTuple):
    """What an embedding (..., E) holds."""

    hosts: Tensor  # (..., K, W)
    blocks: Tensor  # (..., C, W)
    own: Tensor  # (..., W)
    has_host: Tensor  # (..., K, 1) 1 where the agent has one
    has_block: Tensor  # (..., C, 1)


class SetNet(CommAgent):
    """One network for all agents of all scenarios."""

    def __init__(self, sizes: CommSizes, settings: SetNetSettings) -> None:
        """Raises UserError when the environment does not say what observations are about."""
        super().__init__()
        if sizes.layout is None:
            raise UserError(
                "agent 'set_net' is for environments whose observations are hosts, which this "
                "one's are not: choose another agent"
            )
        layout = self.layout = sizes.layout
        self.places = ActionPlaces(layout)
        self.n_agents, self.width = settings.n_agents, settings.hidden_dim
        self.others = max(1, settings.n_agents - 1)
        message, width = sizes.received // self.others, self.width
        self.embed_host = nn.Linear(layout.bits_per_host + layout.host_numbers + KINDS, width)
        self.embed_block = nn.Linear(1 + bool(layout.host_numbers), width)
        self.embed_own = nn.Linear(KINDS, width)
        # Silence adds nothing, so that it does not matter how many are silent.
        self.embed_message = nn.Linear(message, width, bias=False) if message else None
        self.host_memory = nn.GRUCell(width, width)
        self.pool = nn.Linear(2 * width, width)
        self.memory = nn.GRUCell(width, width)
        self.host_head = _head(2 * width, width, KINDS)
        self.block_head = _head(2 * width, width, 1)
        self.sleep_head = _head(width, width, 1)
        # What is seen is as loud as in a table of embeddings: bits are few, and values large.
        for layer in (self.embed_host, self.embed_block, self.embed_own):
            nn.init.normal_(layer.weight)
        outputs = sizes.message_outputs
        self.message_head = _head(width, width, outputs) if outputs else None

    def init_hidden(self, batch_size: int) -> Hidden:
        """Return zero states: of the agents (B * N, W), and of their hosts (B * N * K, W)."""
        rows = batch_size * self.n_agents
        like = self.embed_own.weight
        hosts = rows * self.layout.host_slots
        return [like.new_zeros(rows, self.width), like.new_zeros(hosts, self.width)]

    def embed(self, observations: Tensor, previous_actions: Tensor) -> Tensor:
        layout = self.layout
        slots, blocks = layout.host_slots, self.places.blocks
        bits, blocked, told, told_of_blocks = observations.split(
            [layout.host_bits, blocks, slots * layout.host_numbers, layout.block_numbers], dim=-1
        )
        bits = bits.unflatten(-1, (slots, layout.bits_per_host))
        told = told.unflatten(-1, (slots, layout.host_numbers))
        done, done_there = self.places.done(previous_actions, slots)
        has_host = (bits[..., :1] >= 0).float()
        has_block = (blocked >= 0).float()
        hosts = torch.relu(self.embed_host(torch.cat([bits, told, done_there], dim=-1))) * has_host
        ways = torch.stack([blocked, told_of_blocks] if layout.host_numbers else [blocked], dim=-1)
        ways = torch.relu(self.embed_block(ways)) * has_block.unsqueeze(-1)
        own = self.embed_own(done)
        parts = [hosts.flatten(-2), ways.flatten(-2), own, has_host.squeeze(-1), has_block]
        return torch.cat(parts, dim=-1)

    def _taken_apart(self, embedded: Tensor) -> _Seen:
        slots, blocks, width = self.layout.host_slots, self.places.blocks, self.width
        hosts, ways, own, has_host, has_block = embedded.split(
            [slots * width, blocks * width, width, slots, blocks], dim=-1
        )
        return _Seen(
            hosts.unflatten(-1, (slots, width)),
            ways.unflatten(-1, (blocks, width)),
            own,
            has_host.unsqueeze(-1),
            has_block.unsqueeze(-1),
        )

    def forward(self, embedded: Tensor, received: Tensor, hidden: Hidden) -> AgentStep:
        seen = self._taken_apart(embedded)
        shape = embedded.shape[:2]
        of_hosts = self.host_memory(seen.hosts.flatten(0, 2), hidden[1])
        hosts = seen.hosts + of_hosts.view(*shape, -1, self.width)
        z = seen.own + self.pool(_pooled(hosts, seen.has_host)) + seen.blocks.sum(-2)
        if self.embed_message is not None:
            heard = self.embed_message(received.unflatten(-1, (self.others, -1)))
            z = z + torch.relu(heard).sum(-2)
        state = self.memory(z.flatten(0, 1), hidden[0])
        agents = z + state.view(*shape, -1)
        sleep = self.sleep_head(agents)
        on_hosts = self.host_head(_beside(hosts, agents))
        blocking = self.block_head(_beside(seen.blocks, agents))
        values = self.places.values(sleep, on_hosts, seen.has_host)
        blocking = torch.where(seen.has_block > 0, blocking, sleep.unsqueeze(-1)).squeeze(-1)
        said = agents[..., :0] if self.message_head is None else self.message_head(agents)
        return AgentStep(torch.cat([values, blocking], dim=-1), said, [state, of_hosts])

    def unroll(self, embedded: Tensor, received: Tensor) -> tuple[Tensor, Tensor]:
        hidden = self.init_hidden(len(embedded))
        values, said = [], []
        for now, heard in zip(embedded.unbind(1), received.unbind(1), strict=True):
            step = self.forward(now, heard, hidden)
            hidden = step.hidden
            values.append(step.action_values)
            said.append(step.message_outputs)
        return torch.stack(values, dim=1), torch.stack(said, dim=1)


def make_set_net(sizes: CommSizes, args: SimpleNamespace) -> SetNet:
    """Return the network of agents that talk; UserError when each is to have its own."""
    if not getattr(args, "share_parameters", True):
        raise UserError(
            "agent 'set_net' is one network for all agents, however many there are: set "
            "share_parameters=True, or agent=c_net"
        )
    return SetNet(sizes, SetNetSettings.from_args(args))


def _head(inputs: int, width: int, outputs: int) -> nn.Module:
    return nn.Sequential(nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, outputs))


def _pooled(hosts: Tensor, has_host: Tensor) -> Tensor:
    """Return mean and maximum (..., 2 W) over the hosts (..., K, W) that an agent has."""
    mean = (hosts * has_host).sum(-2) / has_host.sum(-2).clamp(min=1.0)
    most = hosts.masked_fill(has_host == 0, -1.0).amax(-2)  # all are above -1
    return torch.cat([mean, most], dim=-1)


def _beside(places: Tensor, agents: Tensor) -> Tensor:
    """Put what an agent (..., W) knows beside each of its places (..., K, W): (..., K, 2 W)."""
    return torch.cat([places, agents.unsqueeze(-2).expand_as(places)], dim=-1)
