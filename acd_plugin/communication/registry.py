"""Channels by the name that stands under ``message_content`` in a configuration."""

from __future__ import annotations

from acd_plugin.communication.channel import Channel
from acd_plugin.communication.controls import (
    AlarmChannel,
    AlwaysOne,
    AlwaysZero,
    NoChannel,
    OracleChannel,
    SelfSendChannel,
    ShuffledChannel,
)
from acd_plugin.errors import UserError, find

CHANNELS: dict[str, type[Channel]] = {
    "learned": Channel,
    "always_0": AlwaysZero,
    "always_1": AlwaysOne,
    "alarm": AlarmChannel,
    "oracle": OracleChannel,
    "self_send": SelfSendChannel,
    "shuffled": ShuffledChannel,
}


def register_channel(name: str, channel: type[Channel]) -> None:
    """Let ``message_content: name`` choose ``channel``; UserError when the name is taken."""
    if CHANNELS.get(name, channel) is not channel:
        raise UserError(f"message_content '{name}' is there already: choose another name")
    CHANNELS[name] = channel


def find_channel(message_content: str, n_bits: int) -> type[Channel]:
    """Return the channel for messages of ``n_bits``; UserError when there is none of that name."""
    chosen = find(CHANNELS, "message_content", message_content)
    return chosen if n_bits > 0 else NoChannel
