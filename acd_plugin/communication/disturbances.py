"""What happens to messages on their way: they are lost, late, flipped, or written by an adversary.

Shape legend: N agents, M message size; "..." stands for games, or games and steps.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from acd_plugin.components.chance import Stream, Streams
from acd_plugin.configuration.channel_settings import ChannelSettings
from acd_plugin.envs.comm_layout import CommLayout
from acd_plugin.errors import UserError, brief, listing, nearest

_LOST, _FLIPPED, _LIE = "message_loss", "message_flip", "message_lie"  # streams of chance


def streams_of(way: ChannelSettings, message_size: int) -> Streams:
    """Return what is drawn for each agent's message of that size at every step."""
    wanted = {
        _LOST: (way.loss > 0.0, 1),
        _FLIPPED: (way.flip > 0.0, message_size),
        _LIE: (way.liar is not None and way.lie == "random", message_size),
    }
    return {
        name: Stream(columns)
        for name, (is_drawn, columns) in wanted.items()
        if is_drawn and message_size
    }


class Disturbances:
    """The same as functions of tensors, which keep nothing: chance and time are the caller's."""

    def __init__(
        self,
        settings: ChannelSettings,
        n_agents: int,
        layout: CommLayout | None,
        carries_bits: bool = True,
    ) -> None:
        """UserError when there is no such liar, or where what is not bits would be flipped."""
        self.settings = settings
        self.delay = settings.delay
        self._liar = _number_of(settings.liar, n_agents, layout)
        lies = None if self._liar is None or settings.lie.startswith("always") else settings.lie
        if not carries_bits and (settings.flip or lies):
            wrong = f"channel.lie={lies}" if lies else f"channel.flip={settings.flip:g}"
            raise UserError(
                f"{wrong} is for messages of bits, and this algorithm sends other numbers: use "
                "channel.loss, channel.delay, or a lie that is always_0 or always_1"
            )

    def tamper(self, messages: Tensor, chances: Mapping[str, Tensor]) -> Tensor:
        """Return what becomes of messages (..., N, M) when they are sent; delay comes after that.

        ``chances`` are uniform numbers by stream, see `streams_of`.
        """
        if self._liar is not None:
            messages = self._with_lies(messages, self._liar, chances)
        if _FLIPPED in chances:
            happens = chances[_FLIPPED] < self.settings.flip
            messages = torch.where(happens, 1 - messages, messages)
        if _LOST in chances:
            happens = chances[_LOST] < self.settings.loss
            messages = torch.where(happens, torch.zeros_like(messages), messages)
        return messages

    def _with_lies(self, messages: Tensor, liar: int, chances: Mapping[str, Tensor]) -> Tensor:
        said = messages[..., liar : liar + 1, :]
        if self.settings.lie == "inverted":
            written = 1 - said
        elif self.settings.lie == "random":
            written = (chances[_LIE][..., liar : liar + 1, :] < 0.5).to(said.dtype)
        else:
            written = torch.full_like(said, float(self.settings.lie == "always_1"))
        before, after = messages[..., :liar, :], messages[..., liar + 1 :, :]
        return torch.cat([before, written, after], dim=-2)


def _number_of(liar: str | int | None, n_agents: int, layout: CommLayout | None) -> int | None:
    names = list(layout.agents) if layout is not None else []
    if liar in names:
        return names.index(str(liar))
    if liar is None or (isinstance(liar, int) and 0 <= liar < n_agents):
        return liar
    legal = f"{listing(names)}, or a number" if names else "a number"
    raise UserError(
        f"channel.liar is '{brief(str(liar))}', which is no agent{nearest(liar, names)} "
        f"(legal: {legal} from 0 to {n_agents - 1})"
    )
