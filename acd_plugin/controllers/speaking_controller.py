"""Agents whose messages are outputs of their networks, through which gradients flow.

Shape legend: B games, T steps, N agents, M message size.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

from torch import Tensor

from acd_plugin.communication.idle_settings import idle_to_speakers
from acd_plugin.components.chance import Draws
from acd_plugin.components.contracts import EpisodeBatch, Scheme
from acd_plugin.configuration.channel_settings import ChannelSettings
from acd_plugin.configuration.ignored import Ignored
from acd_plugin.controllers.base import Choice
from acd_plugin.controllers.comm_controller import CommController
from acd_plugin.controllers.conversation import Known, Memory, Step, Unrolled, step, unroll


class SpeakingController(CommController):
    """What a network says goes through the channel as it is; no chance is involved.

    Unrolling an episode repeats every message bit for bit, and what the listeners learn reaches the
    senders through it. A subclass says what messages are (`message_form`), and may say what noise
    there is.
    """

    def __init__(self, scheme: Scheme, groups: Mapping[str, int], args: SimpleNamespace) -> None:
        del groups  # part of the contract; the settings know the number of agents
        super().__init__(scheme, args, message_outputs=self.message_form(args).size)

    def idle_settings(self, way: ChannelSettings, steps: int | None) -> Ignored:
        found = super().idle_settings(way, steps)
        return {**idle_to_speakers(self.channel), **found} if self.message_size else found

    def act(
        self, ep_batch: EpisodeBatch, t: int, memory: Memory, choice: Choice
    ) -> tuple[Step, dict[str, Tensor]]:
        noise = None if choice.test_mode else self.make_noise(choice.draws)
        found = self._speak(ep_batch, t, memory, noise, self.drawn_chances(choice.draws))
        return found, {} if noise is None else {"message_noise": noise}

    def repeat(self, ep_batch: EpisodeBatch, t: int, test_mode: bool, memory: Memory) -> Step:
        now = slice(t, t + 1)
        noise = None if test_mode else self.noise(ep_batch, now)
        chances = {name: drawn[:, 0] for name, drawn in self.stored_chances(ep_batch, now).items()}
        return self._speak(ep_batch, t, memory, None if noise is None else noise[:, 0], chances)

    def _speak(
        self, ep_batch: EpisodeBatch, t: int, memory: Memory, noise: Tensor | None, chances: Draws
    ) -> Step:
        """Return step ``t`` with this noise (B, N, M) of the channel, and these chances."""
        known = self.known(
            ep_batch,
            slice(t, t + 1),
            None if noise is None else noise.unsqueeze(1),
            {name: drawn.unsqueeze(1) for name, drawn in chances.items()},
        )
        return step(self.agent, self.channel, known.steps()[0], memory)

    def unroll(self, ep_batch: EpisodeBatch, steps: int) -> Unrolled:
        span = slice(0, steps)
        chances = self.stored_chances(ep_batch, span)
        known = self.known(ep_batch, span, self.noise(ep_batch, span), chances)
        available = ep_batch["avail_actions"][:, span]
        memory = self.beginning(ep_batch.batch_size)
        return unroll(self.agent, self.channel, known, available, memory)

    def known(
        self, ep_batch: EpisodeBatch, steps: slice, noise: Tensor | None, chances: Draws
    ) -> Known:
        """Return what is known of ``steps``, with this noise (B, len(steps), N, M)."""
        observations = ep_batch["obs"][:, steps]
        return Known(
            embedded=self.embed(ep_batch, steps),
            observations=observations,
            allowed=self.channel.may_speak(observations),
            noise=noise,
            truths=self.truths(ep_batch, steps),
            chances=chances,
        )

    def make_noise(self, draws: Draws) -> Tensor | None:
        """Return new noise (B, N, M) of the channel for one step; None if there is none.

        What is made is stored with the episode as "message_noise".
        """
        del draws
        return None

    def noise(self, ep_batch: EpisodeBatch, steps: slice) -> Tensor | None:
        """Return the noise (B, len(steps), N, M) that episodes were played with, if any."""
        del ep_batch, steps
        return None
