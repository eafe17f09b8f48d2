"""The DIAL controller: C-Nets that talk to each other while they act.

Shape legend: B games, T steps, N agents, A actions, M message bits, O observation length.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, NamedTuple

import torch
from torch import Tensor

from acd_plugin.communication.channel import AlarmChannel, Channel, ConstantChannel
from acd_plugin.communication.comm_settings import DialSettings
from acd_plugin.components.streams import named_generator
from acd_plugin.controllers.comm_controller import CommController, message_entry
from acd_plugin.envs.comm_layout import CommLayout
from acd_plugin.errors import UserError


class Unrolled(NamedTuple):
    """What the networks say about every step of a batch of episodes."""

    action_values: Tensor  # (B, T, N, A)
    available: Tensor  # (B, T, N, A) masks, widened by the messages received
    messages: Tensor  # (B, T, N, M) sent at each step
    received: Tensor  # (B, T, N, (N - 1) M) received at each step


class DialController(CommController):
    """Multi-agent controller with EPyMARL's contract.

    Acting draws the channel noise and stores it with the episode, so that unrolling the episode
    later reproduces every message bit for bit.
    """

    def __init__(self, scheme: dict[str, Any], groups: dict[str, int], args: SimpleNamespace):
        del groups  # part of the contract; the settings know the number of agents
        self.settings = DialSettings.from_args(args)
        super().__init__(scheme, args, self.settings)
        self._is_oracle = self.settings.message_content == "oracle"
        self.noise_generator = named_generator(args.seed, "message_noise")
        self._received = torch.empty(0)  # messages received at the step being played

    def _make_channel(self, n_agents: int, layout: CommLayout | None) -> Channel:
        content = self.settings.message_content
        if content in ("always_0", "always_1"):
            return ConstantChannel(n_agents, layout, float(content == "always_1"))
        if content != "alarm":
            return super()._make_channel(n_agents, layout)
        if layout is None:
            raise UserError(
                "message_content=alarm is for environments whose observations are hosts, which "
                "this one's are not: choose another message_content"
            )
        return AlarmChannel(n_agents, layout)

    @staticmethod
    def extra_scheme(args: SimpleNamespace) -> dict[str, dict[str, Any]]:
        """What this controller stores with an episode beside EPyMARL's own entries."""
        n_bits = args.n_bits
        if n_bits <= 0:  # what is negative is refused with the other settings
            return {}
        entries = {"message_noise": message_entry(n_bits), "messages": message_entry(n_bits)}
        for truth in DialController.needed_truths(args):
            entries[truth] = message_entry(1)
        return entries

    @staticmethod
    def needed_truths(args: SimpleNamespace) -> tuple[str, ...]:
        """Return the names of the truths that the messages tell (see `BatchEnv.truths`)."""
        return ("threatened",) if getattr(args, "message_content", None) == "oracle" else ()

    def init_hidden(self, batch_size: int) -> None:
        """Begin episodes in ``batch_size`` games."""
        self._hidden = self.agent.init_hidden(batch_size)
        self._received = self._silence(batch_size)

    def _silence(self, batch_size: int) -> Tensor:
        n_agents, n_bits = self.settings.n_agents, self.settings.n_bits
        return self._hidden[0].new_zeros(batch_size, n_agents, (n_agents - 1) * n_bits)

    def select_actions(
        self, ep_batch: Any, t_ep: int, t_env: int, bs: Any = slice(None), test_mode: bool = False
    ) -> Tensor:
        """Return the actions (len(bs), N) of step ``t_ep`` in the games ``bs``."""
        if self.settings.n_bits and not test_mode:
            self._draw_noise(ep_batch, t_ep)
        available = ep_batch["avail_actions"][:, t_ep]
        if self.settings.n_bits:
            available = self.channel.widen(available, self._received)
        with torch.no_grad():
            values = self.forward(ep_batch, t_ep, test_mode)
        return self.action_selector.select_action(values[bs], available[bs], t_env, test_mode)

    def _draw_noise(self, ep_batch: Any, t: int) -> None:
        shape = (ep_batch.batch_size, self.settings.n_agents, self.settings.n_bits)
        noise = torch.randn(shape, generator=self.noise_generator) * self.settings.dru_sigma
        ep_batch.update(
            {"message_noise": noise.unsqueeze(1)}, ts=slice(t, t + 1), mark_filled=False
        )

    def forward(self, ep_batch: Any, t: int, test_mode: bool = False) -> Tensor:
        """Return the action values (B, N, A) of step ``t``; steps must be asked for in order."""
        embedded = self._embed(ep_batch, slice(t, t + 1))[:, 0]
        values, logits, self._hidden = self.agent(embedded, self._received, self._hidden)
        if self.settings.n_bits:
            noise = None if test_mode else ep_batch["message_noise"][:, t]
            messages = self._send(logits, noise, ep_batch, t)
            self._store_messages(ep_batch, t, messages.detach())
            self._received = self.channel.deliver(messages)
        return values

    def _send(self, logits: Tensor, noise: Tensor | None, ep_batch: Any, t: int) -> Tensor:
        """Return the messages (B, N, M) of step ``t``."""
        if self._is_oracle:
            truth: Tensor = ep_batch["threatened"][:, t]
            return truth.expand_as(logits)
        return self.channel.send(logits, noise, ep_batch["obs"][:, t])

    def unroll(self, ep_batch: Any, steps: int) -> Unrolled:
        """Run the networks over the first ``steps`` steps of whole episodes."""
        available = ep_batch["avail_actions"][:, :steps]
        embedded = self._embed(ep_batch, slice(0, steps))
        self.init_hidden(ep_batch.batch_size)
        received, hidden = self._received, self._hidden
        all_values, all_messages, all_received = [], [], []
        for t in range(steps):
            values, logits, hidden = self.agent(embedded[:, t], received, hidden)
            all_values.append(values)
            all_received.append(received)
            if self.settings.n_bits:
                noise = ep_batch["message_noise"][:, t]
                messages = self._send(logits, noise, ep_batch, t)
                received = self.channel.deliver(messages)
                all_messages.append(messages)
        heard = torch.stack(all_received, dim=1)
        return Unrolled(
            action_values=torch.stack(all_values, dim=1),
            available=self.channel.widen(available, heard) if self.settings.n_bits else available,
            messages=torch.stack(all_messages, dim=1) if all_messages else heard,
            received=heard,
        )

    def episode_stats(self, ep_batch: Any) -> dict[str, Tensor]:
        return super().episode_stats(ep_batch) if self.settings.n_bits else {}

    def generators(self) -> dict[str, torch.Generator]:
        return {**super().generators(), "noise_generator": self.noise_generator}
