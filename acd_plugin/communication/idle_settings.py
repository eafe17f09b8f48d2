"""Settings of messages that change nothing beside the others: of what is not sent, or not heard."""

from __future__ import annotations

from collections.abc import Iterator

from acd_plugin.communication.channel import Channel
from acd_plugin.configuration.channel_settings import ChannelSettings
from acd_plugin.configuration.ignored import GATE, Ignored

_LIES = {"always_0": 0.0, "always_1": 1.0}


def without_messages(way: ChannelSettings) -> Ignored:
    """Return what is about messages, which have no bits; of ``channel`` what does anything."""
    keys = ["message_content", "bit_price", "bit_limit", "dru_sigma", GATE, *_disturbing(way)]
    return dict.fromkeys(keys, "nothing is said (n_bits=0)")


def idle_to_all(channel: Channel, way: ChannelSettings, steps: int | None) -> Ignored:
    """Return what changes nothing, however messages are learned, in games of so many steps."""
    found: dict[str, str] = {}
    if silence := why_silent(channel):
        found["bit_price"] = silence
    if channel.bit_limit == 0:
        found[GATE] = silence
        if way.is_clear:
            found["message_content"] = silence
    return found | dict(_idle_disturbances(channel, way, steps))


def idle_to_speakers(channel: Channel) -> Ignored:
    """Return what besides changes nothing where messages are the networks' outputs as they are."""
    found: dict[str, str] = {}
    if not channel.is_spoken:
        found["dru_sigma"] = "these messages are not what networks say, and have no noise"
    if channel.constant is not None and channel.bit_limit is None:
        found[GATE] = _always(channel.constant)
    if channel.constant == 0.0:
        found |= dict.fromkeys(["bit_limit", GATE], _always(0.0))
    if channel.bit_limit == 0:
        found["dru_sigma"] = "bit_limit=0: nothing is sent"
    return found


def why_silent(channel: Channel) -> str:
    """Return why nobody ever sends a bit, empty if that is not known."""
    if channel.constant == 0.0:
        return _always(0.0)
    return "bit_limit=0: nothing is sent" if channel.bit_limit == 0 else ""


def _always(content: float) -> str:
    return f"every message is {content:g}, whatever is said"


def _disturbing(way: ChannelSettings) -> list[str]:
    """Return the keys of what happens to messages that are not as they are by themselves."""
    fields = type(way).model_fields
    return [f"channel.{key}" for key in fields if getattr(way, key) != fields[key].default]


def _idle_disturbances(
    channel: Channel, way: ChannelSettings, steps: int | None
) -> Iterator[tuple[str, str]]:
    set_here = _disturbing(way)
    nothing, but = _why_nothing_arrives(way, steps)
    for key in set_here:
        if nothing and key != but:
            yield key, nothing
    silence = why_silent(channel)
    known = 0.0 if silence else channel.constant if channel.bit_limit is None else None
    lie = None if way.liar is None else _LIES.get(way.lie, -1.0)
    if lie is not None and lie == known:
        reason = f"channel.lie={way.lie} is what the agent sends anyway"
        yield from dict.fromkeys(["channel.liar", "channel.lie"], reason).items()
    if silence and not way.flip and lie in (None, known):
        for key in ("channel.loss", "channel.delay"):
            if key in set_here:
                yield key, silence


def _why_nothing_arrives(way: ChannelSettings, steps: int | None) -> tuple[str, str]:
    """Return why nothing arrives, empty if something does, and the key that it is because of."""
    if way.loss == 1.0:
        return "channel.loss=1: nothing arrives", "channel.loss"
    if steps is not None and way.delay >= steps:
        late = f"channel.delay={way.delay}: in {steps} steps nothing arrives"
        return late, "channel.delay"
    return "", ""
