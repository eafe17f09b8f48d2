"""Who may speak, what arrives, and what a message unlocks."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from acd_plugin.communication.channel import Channel, Outgoing
from acd_plugin.communication.controls import (
    AlarmChannel,
    AlwaysOne,
    AlwaysZero,
    BroadcastChannel,
    SelfSendChannel,
    ShuffledChannel,
)
from acd_plugin.envs.comm_layout import CommLayout

# Two host slots and one block bit; action 2 of each agent is unlocked by a message.
UNLOCKED = np.array([[False, False, True]] * 3)
LAYOUT = CommLayout(
    host_slots=2,
    bits_per_host=4,
    block_bits=1,
    gate_on_host_bits=True,
    unlocked_by_message=UNLOCKED,
)
NO_GATE = dataclasses.replace(LAYOUT, gate_on_host_bits=False)
NOTHING = [0.0] * 8


def observation(*rows: list[float]) -> torch.Tensor:
    return torch.tensor([list(rows)])  # one game


def send(
    channel: Channel, logits: torch.Tensor, noise: torch.Tensor | None, seen: torch.Tensor
) -> torch.Tensor:
    return channel.send(Outgoing(logits, noise, seen, channel.may_speak(seen), {}))


def test_an_agent_whose_host_bits_are_zero_sends_exactly_nothing() -> None:
    channel = Channel(3, LAYOUT)
    seen = observation([*NOTHING, 0.0], [*NOTHING, 1.0], [0.0, 1.0, *([0.0] * 6), 0.0])
    logits = torch.full((1, 3, 1), 5.0)
    assert send(channel, logits, None, seen).flatten().tolist() == [0.0, 0.0, 1.0]
    noisy = send(channel, logits, torch.ones_like(logits), seen).flatten()
    assert noisy[:2].tolist() == [0.0, 0.0]
    assert noisy[2] > 0.9


def test_absent_hosts_do_not_open_the_gate() -> None:
    seen = observation([0.0] * 4 + [-1.0] * 5)
    assert send(Channel(1, LAYOUT), torch.ones(1, 1, 1), None, seen).item() == 0.0


def test_without_a_gate_everybody_speaks() -> None:
    seen = observation([*NOTHING, 0.0])
    for layout in (NO_GATE, None):
        assert send(Channel(1, layout), torch.ones(1, 1, 1), None, seen).item() == 1.0


def test_each_agent_receives_the_others_messages_in_their_order() -> None:
    messages = torch.tensor([[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]])
    received = Channel(3, LAYOUT).deliver(messages)
    assert received.tolist() == [[[3, 4, 5, 6], [1, 2, 5, 6], [1, 2, 3, 4]]]


def test_a_message_from_one_half_on_unlocks() -> None:
    available = torch.tensor([[[1, 0, 0]] * 3])
    received = torch.tensor([[[0.49, 0.0], [0.5, 0.0], [0.0, 1.0]]])
    widened = Channel(3, LAYOUT).widen(available, received)
    assert widened.int().tolist() == [[[1, 0, 0], [1, 0, 1], [1, 0, 1]]]


def test_masks_stay_as_they_are_where_messages_unlock_nothing() -> None:
    closed = dataclasses.replace(LAYOUT, unlocked_by_message=np.zeros((3, 3), dtype=np.bool_))
    available = torch.tensor([[[1, 0, 0]] * 3])
    assert Channel(3, closed).widen(available, torch.ones(1, 3, 2)) is available


def test_a_constant_channel_heeds_neither_words_nor_gate() -> None:
    seen = observation([*NOTHING, 0.0], [*NOTHING, 0.0], [*NOTHING, 0.0])
    logits = torch.tensor([[[5.0], [-5.0], [0.0]]])
    for control, content in ((AlwaysZero, 0.0), (AlwaysOne, 1.0)):
        channel = control(3, LAYOUT)
        assert send(channel, logits, None, seen).unique().tolist() == [content]
        assert send(channel, logits, torch.ones_like(logits), seen).unique().tolist() == [content]
        mask = torch.zeros(1, 3, 3, dtype=torch.bool)
        opened = channel.widen(mask, channel.deliver(send(channel, logits, None, seen)))
        assert opened[..., 2].all() == bool(content)
        assert not opened[..., :2].any()


def test_an_alarm_says_whether_ones_own_hosts_show_anything_gate_or_no_gate() -> None:
    seen = observation(
        [*NOTHING, 1.0], [0.0, 1.0, *([0.0] * 6), 0.0], [0.0] * 4 + [-1.0] * 4 + [0.0]
    )
    logits = torch.tensor([[[5.0], [-5.0], [0.0]]])
    for layout in (LAYOUT, NO_GATE):
        for noise in (None, torch.ones_like(logits)):
            sent = send(AlarmChannel(3, layout), logits, noise, seen)
            assert sent.flatten().tolist() == [0.0, 1.0, 0.0]


@pytest.mark.parametrize(
    ("size", "sent"),
    [(1, [[1], [0]]), (2, [[1, 0], [0, 1]]), (4, [[1, 0, 0, 0], [0, 1, 0, 0]])],
)
def test_a_broadcast_says_in_so_many_bits_what_the_game_names(
    size: int, sent: list[list[float]]
) -> None:
    says = np.zeros((2, 2, 3), dtype=np.bool_)
    says[0, 0, [0, 2]] = True  # the first agent's first bit: it observes number 0 or number 2
    says[0, 1, 1] = True
    says[1, 1, 2] = True  # the second one says nothing in its first bit
    layout = dataclasses.replace(LAYOUT, broadcast=says)
    logits = torch.full((1, 2, size), 5.0)
    seen = torch.tensor([[[-1.0, 0.0, 1.0], [1.0, 1.0, 1.0]]])
    channel = BroadcastChannel(2, layout)
    for noise in (None, torch.ones_like(logits)):
        assert send(channel, logits, noise, seen).tolist() == [sent]
    assert not send(channel, logits, None, torch.full_like(seen, -1.0)).any()


def test_who_sends_to_itself_hears_as_many_values_as_of_the_others() -> None:
    messages = torch.tensor([[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]])
    received = SelfSendChannel(3, LAYOUT).deliver(messages)
    assert received.tolist() == [[[1, 2, 1, 2], [3, 4, 3, 4], [5, 6, 5, 6]]]
    assert received.shape == Channel(3, LAYOUT).deliver(messages).shape


def test_shuffled_messages_are_those_of_another_game() -> None:
    messages = torch.arange(6.0).reshape(3, 2, 1)  # game g says 2 g and 2 g + 1
    channel = ShuffledChannel(2, LAYOUT)
    assert channel.deliver(messages).flatten(1).tolist() == [[5, 4], [1, 0], [3, 2]]
    steps = torch.stack([messages, -messages], dim=1)  # (games, steps, agents, bits)
    assert torch.equal(channel.deliver(steps)[:, 1], -channel.deliver(messages))
    assert not channel.deliver(messages[:1]).any()
    assert not channel.deliver(messages[0]).any()
