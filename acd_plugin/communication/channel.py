"""The channel between agents: who may speak, what arrives, and what a message unlocks.

Shape legend: B games, T steps, N agents, A actions, M message bits, O observation length.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from acd_plugin.communication.dru import discretise, regularise
from acd_plugin.envs.comm_layout import CommLayout

_BITS_PER_HOST = 4
_HEARD = 0.5  # a received value from here on counts as a message


class Channel:
    """Sends, delivers and interprets the messages of N agents.

    ``layout`` None (an environment that says nothing about communication): nobody is gated and
    nothing is unlocked.
    """

    def __init__(self, n_agents: int, layout: CommLayout | None) -> None:
        self._others = torch.tensor(
            [[other for other in range(n_agents) if other != agent] for agent in range(n_agents)],
            dtype=torch.long,
        )  # (N, N - 1)
        self._gated_bits = 0
        self._unlocked: Tensor | None = None
        if layout is not None and layout.gate_on_host_bits:
            self._gated_bits = layout.host_slots * _BITS_PER_HOST
        if layout is not None and layout.unlocked_by_message.any():
            self._unlocked = torch.from_numpy(layout.unlocked_by_message)  # (N, A)

    def send(self, logits: Tensor, noise: Tensor | None, observations: Tensor) -> Tensor:
        """Turn logits (..., N, M) into messages; ``noise`` None means execution (0 or 1).

        With the gate, an agent whose own host bits in ``observations`` (..., N, O) are all zero
        sends exactly 0.
        """
        messages = discretise(logits) if noise is None else regularise(logits, noise)
        return messages * self.may_speak(observations) if self._gated_bits else messages

    def may_speak(self, observations: Tensor) -> Tensor:
        """Return which agents the gate lets speak, given what they see (..., N, O): (..., N, 1)."""
        if not self._gated_bits:
            return torch.ones_like(observations[..., :1], dtype=torch.bool)
        return (observations[..., : self._gated_bits] > 0).any(-1, keepdim=True)

    def deliver(self, messages: Tensor) -> Tensor:
        """Return what each agent receives of (..., N, M): the others' (..., N, (N - 1) M)."""
        return messages[..., self._others, :].flatten(-2)

    def widen(self, available: Tensor, received: Tensor) -> Tensor:
        """Add to the masks (..., N, A) what messages (..., N, n) unlock ("SAU").

        An agent that received a message (any value of at least 0.5) may analyse every host.
        """
        if self._unlocked is None:
            return available
        heard = (received >= _HEARD).any(-1, keepdim=True)
        unlocked = heard & self._unlocked.to(heard.device)
        return available.bool() | unlocked


class ConstantChannel(Channel):
    """Carries the same from everybody at every step, whatever they say and whether they may speak.

    A control: with 1 it unlocks what messages unlock and tells nothing.
    """

    def __init__(self, n_agents: int, layout: CommLayout | None, content: float) -> None:
        super().__init__(n_agents, layout)
        self._content = content

    def send(self, logits: Tensor, noise: Tensor | None, observations: Tensor) -> Tensor:
        del noise, observations  # part of the contract
        return torch.full_like(logits, self._content)


class AlarmChannel(Channel):
    """Carries 1 from everybody whose own hosts show anything, and 0 from the others.

    A control: what the gate alone tells, when whoever may speak does.
    """

    def __init__(self, n_agents: int, layout: CommLayout) -> None:
        super().__init__(n_agents, replace(layout, gate_on_host_bits=True))

    def send(self, logits: Tensor, noise: Tensor | None, observations: Tensor) -> Tensor:
        del noise  # part of the contract
        return self.may_speak(observations).to(logits.dtype).expand_as(logits)
