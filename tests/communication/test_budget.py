"""Bits counted by hand."""

from __future__ import annotations

import torch

from acd_plugin.communication.budget import affordable, within_budget
from acd_plugin.communication.messages import bits_in, bits_sent

SAID = torch.tensor([[1.0, 1.0], [0.0, 1.0], [0.4, 0.6], [0.4, 0.3], [0.0, 0.0]])  # five agents
BITS = [2, 1, 1, 0, 0]


def test_a_bit_counts_when_it_is_1() -> None:
    assert bits_in(SAID).flatten().tolist() == BITS
    games = torch.stack([SAID, SAID]).unsqueeze(0)  # one game of two steps
    assert bits_sent(games, torch.tensor([[[1], [1]]])).tolist() == [8.0]
    assert bits_sent(games, torch.tensor([[[1], [0]]])).tolist() == [4.0]  # it had ended


def test_who_cannot_pay_for_a_message_is_silent() -> None:
    nothing = torch.zeros(5, 1, dtype=torch.int64)
    kept, spent = within_budget(SAID, nothing, 2)
    assert torch.equal(kept, SAID)
    assert spent.flatten().tolist() == BITS
    kept, spent = within_budget(SAID, spent, 2)  # of which the first has none left, the others 1, 2
    assert torch.equal(kept, torch.where(torch.arange(5).unsqueeze(1) == 0, 0.0, SAID))
    assert spent.flatten().tolist() == [2, 2, 2, 0, 0]
    kept, spent = within_budget(SAID[:2].flip(0), spent[:2] - 1, 2)  # 1 of 2 was spent
    assert torch.equal(kept, torch.tensor([[0.0, 1.0], [0.0, 0.0]]))  # the second would cost 2
    assert spent.flatten().tolist() == [2, 1]


def test_who_has_nothing_left_does_not_even_whisper() -> None:
    """While learning a value below a half is no bit, and is heard; not from who must be silent."""
    kept, _ = within_budget(SAID[3:4], torch.tensor([[2]]), 2)
    assert not kept.any()
    kept, _ = within_budget(SAID, torch.zeros(5, 1, dtype=torch.int64), 0)
    assert not kept.any()


def test_a_message_can_be_chosen_as_long_as_it_can_be_paid() -> None:
    costs = torch.tensor([0, 1, 1, 2])  # of the numbers 0 to 3
    left = affordable(costs, torch.tensor([[0], [2], [3]]), 3)
    assert left.int().tolist() == [[1, 1, 1, 1], [1, 1, 1, 0], [1, 0, 0, 0]]
