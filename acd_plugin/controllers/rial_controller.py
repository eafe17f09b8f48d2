"""The RIAL controller: C-Nets that choose what they say as they choose what they do.

Shape legend: B games, T steps, N agents, A actions, M message bits, P = 2^M messages.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, NamedTuple

import torch
from torch import Tensor

from acd_plugin.communication.comm_settings import RialSettings
from acd_plugin.components.action_selectors import EpsilonGreedy
from acd_plugin.controllers.comm_controller import CommController, message_entry


class Unrolled(NamedTuple):
    """What the networks say about every step of a batch of episodes."""

    action_values: Tensor  # (B, T, N, A)
    available: Tensor  # (B, T, N, A) masks, widened by the messages received
    message_values: Tensor  # (B, T, N, P)
    messages_allowed: Tensor  # (B, T, N, P)
    messages: Tensor  # (B, T, N) numbers of the messages that were sent
    received: Tensor  # (B, T, N, (N - 1) M)


class RialController(CommController):
    """Multi-agent controller with EPyMARL's contract (Foerster et al. 2016, section 5.1).

    Beside the values of its actions a network gives one for each of the P messages, of which the
    agent sends the best or, with probability epsilon, any. Message 0, all bits 0, is silence and
    all that the gate allows an agent with nothing to say. What was said is stored, so learning
    takes it as given.
    """

    def __init__(self, scheme: dict[str, Any], groups: dict[str, int], args: SimpleNamespace):
        del groups  # part of the contract; the settings know the number of agents
        self.settings = RialSettings.from_args(args)
        super().__init__(scheme, args, self.settings)
        self.message_selector = EpsilonGreedy(args, stream="messages")
        self._place_values = 2 ** torch.arange(self.settings.n_bits)  # (M,)

    @staticmethod
    def extra_scheme(args: SimpleNamespace) -> dict[str, dict[str, Any]]:
        """What this controller stores with an episode beside EPyMARL's own entries."""
        return {"messages": message_entry(max(args.n_bits, 0))}  # 0 and less is refused later

    def init_hidden(self, batch_size: int) -> None:
        """Begin episodes in ``batch_size`` games."""
        self._hidden = self.agent.init_hidden(batch_size)

    def select_actions(
        self, ep_batch: Any, t_ep: int, t_env: int, bs: Any = slice(None), test_mode: bool = False
    ) -> Tensor:
        """Return the actions (len(bs), N) of step ``t_ep`` in the games ``bs``, and speak."""
        with torch.no_grad():
            values, message_values, received = self._step(ep_batch, t_ep)
        allowed = self._messages_allowed(ep_batch["obs"][:, t_ep])
        said = self.message_selector.select_action(message_values, allowed, t_env, test_mode)
        bits = (said.unsqueeze(-1) & self._place_values.to(said.device)) > 0
        self._store_messages(ep_batch, t_ep, bits)
        available = self.channel.widen(ep_batch["avail_actions"][:, t_ep], received)
        chosen: Tensor = self.action_selector.select_action(
            values[bs], available[bs], t_env, test_mode
        )
        return chosen

    def forward(self, ep_batch: Any, t: int, test_mode: bool = False) -> Tensor:
        """Return the action values (B, N, A) of step ``t``; steps must be asked for in order."""
        del test_mode  # part of the contract
        return self._step(ep_batch, t)[0]

    def _step(self, ep_batch: Any, t: int) -> tuple[Tensor, Tensor, Tensor]:
        """Return the values of actions and messages at step ``t``, and what was received there."""
        steps = slice(t, t + 1)
        received = self._received(ep_batch, steps)[:, 0]
        values, message_values, self._hidden = self.agent(
            self._embed(ep_batch, steps)[:, 0], received, self._hidden
        )
        return values, message_values, received

    def unroll(self, ep_batch: Any, steps: int) -> Unrolled:
        """Run the networks over the first ``steps`` steps of whole episodes."""
        span = slice(0, steps)
        received = self._received(ep_batch, span)
        values, message_values = self.agent.unroll(self._embed(ep_batch, span), received)
        bits = ep_batch["messages"][:, span].long()
        return Unrolled(
            action_values=values,
            available=self.channel.widen(ep_batch["avail_actions"][:, span], received),
            message_values=message_values,
            messages_allowed=self._messages_allowed(ep_batch["obs"][:, span]),
            messages=(bits * self._place_values.to(bits.device)).sum(-1),
            received=received,
        )

    def _received(self, ep_batch: Any, steps: slice) -> Tensor:
        """Return what was received at ``steps``: sent one step before, nothing at step 0."""
        sent = ep_batch["messages"]
        if steps.start > 0:
            return self.channel.deliver(sent[:, steps.start - 1 : steps.stop - 1])
        n_agents, n_bits = self.settings.n_agents, self.settings.n_bits
        silence = sent.new_zeros(len(sent), 1, n_agents, (n_agents - 1) * n_bits)
        if steps.stop == 1:
            return silence
        return torch.cat([silence, self.channel.deliver(sent[:, : steps.stop - 1])], dim=1)

    def _messages_allowed(self, observations: Tensor) -> Tensor:
        """Return which messages agents that see (..., N, O) may send (..., N, P)."""
        may_speak = self.channel.may_speak(observations)
        silence = torch.ones_like(may_speak)
        anything = may_speak.expand(*may_speak.shape[:-1], self.settings.message_outputs - 1)
        return torch.cat([silence, anything], dim=-1)

    def generators(self) -> dict[str, torch.Generator]:
        return {**super().generators(), "messages": self.message_selector.generator}
