"""Agents whose messages are outputs of their networks, through which gradients flow.

Shape legend: B games, T steps, N agents, M message size.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

from torch import Tensor

from acd_plugin.components.contracts import EpisodeBatch, Scheme
from acd_plugin.controllers.comm_controller import CommController
from acd_plugin.controllers.conversation import Known, Memory, Step, Unrolled, start, step, unroll


class SpeakingController(CommController):
    """What a network says goes through the channel as it is; no chance is involved.

    Unrolling an episode repeats every message bit for bit, and what the listeners learn reaches the
    senders through it. A subclass says what messages are (`message_form`), and may say what noise
    there is.
    """

    def __init__(self, scheme: Scheme, groups: Mapping[str, int], args: SimpleNamespace) -> None:
        del groups  # part of the contract; the settings know the number of agents
        super().__init__(scheme, args, message_outputs=self.message_form(args).size)

    def act(
        self, ep_batch: EpisodeBatch, t: int, t_env: int, test_mode: bool, memory: Memory
    ) -> Step:
        del t_env  # what is said does not depend on it
        return self.repeat(ep_batch, t, test_mode, memory)

    def repeat(self, ep_batch: EpisodeBatch, t: int, test_mode: bool, memory: Memory) -> Step:
        known = self.known(ep_batch, slice(t, t + 1), test_mode)
        return step(self.agent, self.channel, known.at(0), memory)

    def unroll(self, ep_batch: EpisodeBatch, steps: int) -> Unrolled:
        known = self.known(ep_batch, slice(0, steps))
        memory = start(
            self.agent, self.channel, ep_batch.batch_size, self.n_agents, self.message_size
        )
        available = ep_batch["avail_actions"][:, :steps]
        return unroll(self.agent, self.channel, known, available, memory)

    def known(self, ep_batch: EpisodeBatch, steps: slice, test_mode: bool = False) -> Known:
        """Return what is known of ``steps``; without noise in ``test_mode``."""
        return Known(
            embedded=self.embed(ep_batch, steps),
            observations=ep_batch["obs"][:, steps],
            noise=None if test_mode else self.noise(ep_batch, steps),
            truths={name: ep_batch[name][:, steps] for name in self.channel.needs},
        )

    def noise(self, ep_batch: EpisodeBatch, steps: slice) -> Tensor | None:
        """Return the channel noise (B, len(steps), N, M) of episodes; None if there is none."""
        del ep_batch, steps
        return None
