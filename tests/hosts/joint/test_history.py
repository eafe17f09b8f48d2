"""What happened is told in order, each thing once."""

from __future__ import annotations

import torch

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.hosts.builtin.joint.history import History


def history(updates: int) -> History:
    made = History()
    for number in range(updates):
        made.add(None, {"loss": torch.full((2,), float(number))}, [0, 1])
    return made


def test_the_first_are_taken_and_the_others_stay() -> None:
    made = history(5)
    assert [event.numbers[0, 1] for event in made.take(2)] == [0.0, 1.0]
    assert len(made) == 3
    assert [event.numbers[0, 0] for event in made.take(len(made))] == [2.0, 3.0, 4.0]
    assert made.take(0) == []


def test_numbers_are_those_of_when_they_were_added() -> None:
    made, returns = History(), torch.zeros(2, 3)
    made.add(Purpose.TRAIN, {"return": returns}, [0])
    returns += 1  # the next games are played in the same tensors
    (event,) = made.take(1)
    assert (event.purpose, event.names, event.runs) == (Purpose.TRAIN, ["return"], {0})
    assert event.numbers.tolist() == [[[0.0] * 3] * 2]


def test_it_is_long_until_all_was_taken() -> None:
    made = history(32)
    assert made.is_long()
    made.take(31)
    assert made.is_long()
    made.take(1)
    assert not made.is_long()
