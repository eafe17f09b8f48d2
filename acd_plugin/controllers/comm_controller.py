"""What controllers of communicating agents share.

Shape legend: B games, T steps, N agents, A actions, M message bits.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from acd_plugin.agents import REGISTRY as AGENTS
from acd_plugin.communication.channel import Channel
from acd_plugin.communication.comm_settings import CommSettings
from acd_plugin.components.action_selectors import REGISTRY as ACTION_SELECTORS
from acd_plugin.controllers.controller import Controller
from acd_plugin.envs.comm_layout import CommLayout
from acd_plugin.errors import find


class CommController(Controller):
    """C-Nets, and the channel between them.

    A message sent at step t is received at step t + 1; at step 0 everybody receives zeros. What was
    sent is stored with the episode as "messages".
    """

    def __init__(self, scheme: dict[str, Any], args: SimpleNamespace, settings: CommSettings):
        layout: CommLayout | None = args.blueprint.comm_layout
        make_agent = find(AGENTS, "agent", args.agent)
        self.agent = make_agent(scheme["obs"]["vshape"], settings, layout)
        self.channel = self._make_channel(settings.n_agents, layout)
        selector = find(ACTION_SELECTORS, "action_selector", args.action_selector)
        self.action_selector = selector(args)
        self._n_actions = settings.n_actions
        self._hidden: list[Tensor] = []

    def _make_channel(self, n_agents: int, layout: CommLayout | None) -> Channel:
        """Return what carries the messages."""
        return Channel(n_agents, layout)

    def _embed(self, ep_batch: Any, steps: slice) -> Tensor:
        """Embed all that the agents know at ``steps`` but the messages (B, len(steps), N, E)."""
        previous = self._previous_actions(ep_batch, steps)
        embedded: Tensor = self.agent.embed(ep_batch["obs"][:, steps], previous)
        return embedded

    def _previous_actions(self, ep_batch: Any, steps: slice) -> Tensor:
        """Actions (B, len(steps), N) taken one step before; A, "none yet", before the first."""
        first, last = steps.start, steps.stop
        actions = ep_batch["actions"][..., 0]  # (B, T + 1, N)
        if first > 0:
            return actions[:, first - 1 : last - 1]
        none_yet = torch.full_like(actions[:, :1], self._n_actions)
        return torch.cat([none_yet, actions[:, : last - 1]], dim=1)

    def _store_messages(self, ep_batch: Any, t: int, messages: Tensor) -> None:
        """Keep what was sent at step ``t`` (B, N, M) with the episode."""
        ep_batch.update({"messages": messages.unsqueeze(1)}, ts=slice(t, t + 1), mark_filled=False)

    def episode_stats(self, ep_batch: Any) -> dict[str, Tensor]:
        """Return statistics of the episodes just played, each (B,)."""
        sent = (ep_batch["messages"][:, :-1] >= 0.5).any(dim=-1)  # (B, T, N)
        sent &= ep_batch["filled"][:, 1:].bool()  # not after a game's end
        return {"messages_sent": sent.sum(dim=(1, 2)).double()}


def message_entry(n_bits: int) -> dict[str, Any]:
    """Return the scheme of something that each agent has per step and bit."""
    return {"vshape": (n_bits,), "group": "agents", "dtype": torch.float32}
