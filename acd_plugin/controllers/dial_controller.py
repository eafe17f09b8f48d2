"""The DIAL controller: C-Nets that learn, by gradients, what to say.

Shape legend: B games, T steps, N agents, M message bits.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

from pydantic import Field
from torch import Tensor

from acd_plugin.communication.channel import Channel
from acd_plugin.components.chance import Draws, Stream, Streams
from acd_plugin.components.component_settings import ComponentSettings
from acd_plugin.components.contracts import EpisodeBatch, Scheme
from acd_plugin.controllers.comm_controller import MessageForm, agents_entry
from acd_plugin.controllers.conversation import Unrolled
from acd_plugin.controllers.speaking_controller import SpeakingController

__all__ = ["DialController", "DialSettings", "Unrolled"]


class DialSettings(ComponentSettings):
    """Settings of the controller (``config/algs/dial.yaml``); the names are its keys."""

    n_bits: int = Field(ge=0)  # size of a message; 0: no communication
    dru_sigma: float = Field(ge=0.0)  # standard deviation of the channel noise while learning


class DialController(SpeakingController):
    """Multi-agent controller with EPyMARL's contract (Foerster et al. 2016, section 5.2).

    While learning the channel is noisy. Acting draws the noise and stores it with the episode, so
    that unrolling the episode later reproduces every message bit for bit.
    """

    def __init__(self, scheme: Scheme, groups: Mapping[str, int], args: SimpleNamespace) -> None:
        super().__init__(scheme, groups, args)
        self.settings = DialSettings.from_args(args)

    @classmethod
    def message_form(cls, args: SimpleNamespace) -> MessageForm:
        return MessageForm(Channel, DialSettings.from_args(args).n_bits)

    @classmethod
    def extra_scheme(cls, args: SimpleNamespace) -> Scheme:
        size = cls.message_form(args).size
        noise: Scheme = {"message_noise": agents_entry(size)} if size else {}
        return noise | super().extra_scheme(args)

    def streams(self) -> Streams:
        noise = {"message_noise": Stream(self.message_size, normal=True)}
        return {**super().streams(), **(noise if self.message_size else {})}

    def make_noise(self, draws: Draws) -> Tensor | None:
        if not self.message_size:
            return None
        return draws["message_noise"] * self.settings.dru_sigma

    def noise(self, ep_batch: EpisodeBatch, steps: slice) -> Tensor | None:
        return ep_batch["message_noise"][:, steps] if self.message_size else None
