"""What happens to messages on their way, by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import torch
from torch import Tensor

from acd_plugin.communication.disturbances import Disturbances, streams_of
from acd_plugin.configuration.channel_settings import ChannelSettings
from acd_plugin.errors import UserError
from tests.communication.test_channel import LAYOUT

NAMED = dataclasses.replace(LAYOUT, agents=("Watch", "Gatekeeper", "Guard"))
SENT = torch.tensor([[[1.0, 0.0], [0.75, 0.25], [0.0, 1.0]]])  # one game, three agents, two bits
DRAWN = torch.tensor([[[0.1, 0.9], [0.3, 0.2], [0.9, 0.8]]])


def tamper(chances: dict[str, Tensor] | None = None, **settings: Any) -> Any:
    way = Disturbances(ChannelSettings(**settings), 3, NAMED)
    return way.tamper(SENT, chances or {})[0].tolist()


def test_a_bit_is_flipped_where_its_number_is_below_the_share() -> None:
    flipped = [[0, 0], [0.25, 0.75], [0, 1]]
    assert tamper({"message_flip": DRAWN}, flip=0.31) == flipped
    assert tamper({"message_flip": DRAWN}, flip=0.1) == SENT[0].tolist()
    assert tamper({"message_flip": DRAWN}, flip=1.0) == (1 - SENT[0]).tolist()


def test_a_lost_message_is_lost_with_all_its_bits_and_to_everybody() -> None:
    chances = {"message_loss": DRAWN[..., :1]}  # 0.1, 0.3, 0.9
    assert tamper(chances, loss=0.3) == [[0, 0], [0.75, 0.25], [0, 1]]
    assert tamper(chances, loss=1.0) == [[0, 0]] * 3


@pytest.mark.parametrize(
    ("lie", "written"),
    [
        ("always_0", [0, 0]),
        ("always_1", [1, 1]),
        ("inverted", [0.25, 0.75]),
        ("random", [1, 1]),  # 0.3 and 0.2 are below a half
    ],
)
@pytest.mark.parametrize("liar", [1, "Gatekeeper"])
def test_an_adversary_writes_for_one_agent_alone(
    liar: int | str, lie: str, written: list[float]
) -> None:
    told = tamper({"message_lie": DRAWN}, liar=liar, lie=lie)
    assert told == [[1, 0], written, [0, 1]]


def test_a_lie_may_be_flipped_and_lost_as_any_message() -> None:
    chances = {"message_flip": DRAWN, "message_loss": DRAWN[..., 2:]}
    written = tamper({"message_flip": DRAWN}, liar=1, lie="always_1", flip=0.25)
    assert written == [[0, 0], [1, 0], [0, 1]]
    chances = {"message_flip": DRAWN, "message_loss": DRAWN[..., :1]}
    assert tamper(chances, liar=1, lie="always_1", flip=0.25, loss=0.5) == [[0, 0], [0, 0], [0, 1]]


def test_nothing_is_drawn_for_what_does_not_happen() -> None:
    assert not streams_of(ChannelSettings(), 2)
    assert not streams_of(ChannelSettings(delay=3, liar=0, lie="inverted"), 2)
    every = ChannelSettings(loss=0.1, flip=0.1, liar=0, lie="random")
    columns = {name: stream.columns for name, stream in streams_of(every, 2).items()}
    assert columns == {"message_loss": 1, "message_flip": 2, "message_lie": 2}
    assert not streams_of(every, 0)


@pytest.mark.parametrize(
    ("liar", "message"),
    [
        ("Watcher", "'Watcher', which is no agent; did you mean 'Watch'? (legal: Gatekeeper, "),
        (3, "channel.liar is '3', which is no agent (legal: "),
        (-1, "or a number from 0 to 2)"),
    ],
)
def test_a_liar_must_be_one_of_the_team(liar: int | str, message: str) -> None:
    with pytest.raises(UserError) as refused:
        Disturbances(ChannelSettings(liar=liar), 3, NAMED)
    assert message in str(refused.value)
