"""Channels by the name that stands under ``message_content`` in a configuration."""

from __future__ import annotations

from acd_plugin.communication.channel import Channel
from acd_plugin.communication.controls import (
    AlarmChannel,
    AlwaysOne,
    AlwaysZero,
    BroadcastChannel,
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
    "broadcast": BroadcastChannel,
    "self_send": SelfSendChannel,
    "shuffled": ShuffledChannel,
}


def register_channel(name: str, channel: type[Channel]) -> None:
    """Let ``message_content: name`` choose ``channel``; UserError when the name is taken."""
    if CHANNELS.get(name, channel) is not channel:
        raise UserError(f"message_content '{name}' is there already: choose another name")
    CHANNELS[name] = channel


def find_channel(message_content: str, learned: type[Channel], message_size: int) -> type[Channel]:
    """Return the channel for messages of ``message_size`` values, 0: none.

    ``learned`` is the algorithm's own. A control sends something else, or delivers it elsewhere,
    and leaves the rest to the algorithm's channel. UserError when there is no such control.
    """
    control = find(CHANNELS, "message_content", message_content)
    if message_size == 0:
        return NoChannel
    if control is Channel:
        return learned
    if learned is Channel:
        return control
    return type(f"{control.__name__}On{learned.__name__}", (control, learned), {})
