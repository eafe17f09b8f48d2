"""What may happen to messages on their way, as a configuration says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, StrictInt, model_validator

from acd_plugin.configuration.ranges import Share
from acd_plugin.configuration.validation import Settings, checked
from acd_plugin.errors import Mistakes


class ChannelSettings(Settings):
    """What stands under ``channel``; with these defaults every message arrives as it was sent."""

    loss: Share = 0.0  # of messages, which then reach nobody
    delay: int = Field(default=0, ge=0, le=1000)  # steps by which messages arrive later
    flip: Share = 0.0  # of bits
    # The agent, by name or number, for whom an adversary writes.
    liar: str | StrictInt | None = None
    lie: Literal["always_0", "always_1", "random", "inverted"] = "inverted"  # what it writes

    @model_validator(mode="after")
    def _lie_has_a_liar(self) -> ChannelSettings:
        if self.liar is None and self.lie != type(self).model_fields["lie"].default:
            raise ValueError(f"lie={self.lie} is whose? Name the agent: channel.liar=NAME")
        return self

    @property
    def is_clear(self) -> bool:
        """Whether nothing happens to messages."""
        return not (self.loss or self.delay or self.flip or self.liar is not None)


def refuse_wrong_channel(config: Mapping[str, object]) -> None:
    """Raise UserError, with every mistake, for a configuration whose channel cannot be.

    Components would refuse it, too, but only when they are made.
    """
    mistakes = Mistakes()
    channel = config.get("channel")
    if isinstance(channel, Mapping):
        for problem in checked(ChannelSettings, channel)[1]:
            mistakes.add(f"channel: {problem}")
    mistakes.tell()
