"""The RIAL controller: messages are chosen, stored, and received one step later."""

from __future__ import annotations

import pytest
import torch

from acd_plugin.errors import UserError
from tests.conftest import MakeTraining


@pytest.mark.parametrize("overrides", [[], ["n_bits=2", "share_parameters=False"]], ids=str)
def test_forward_in_a_loop_equals_unroll(make_training: MakeTraining, overrides: list[str]) -> None:
    training = make_training(*overrides, algorithm="rial", env="cyborg_large")
    batch = training.runner.run(test_mode=False)
    unrolled = training.mac.unroll(batch, batch.max_seq_length)
    training.mac.init_hidden(batch.batch_size)
    for t in range(batch.max_seq_length):
        values = training.mac.forward(batch, t=t)
        torch.testing.assert_close(values, unrolled.action_values[:, t], rtol=1e-4, atol=1e-5)


def test_a_message_is_received_one_step_later(make_training: MakeTraining) -> None:
    training = make_training("n_bits=2", algorithm="rial", env="cyborg_large")
    batch = training.runner.run(test_mode=False)
    unrolled = training.mac.unroll(batch, batch.max_seq_length - 1)
    assert not unrolled.received[:, 0].any()
    assert unrolled.received[:, 5].any()
    others = torch.cat([batch["messages"][:, 4, 0], batch["messages"][:, 4, 2]], dim=1)
    assert torch.equal(unrolled.received[:, 5, 1], others)


def test_bits_spell_the_number_of_the_message(make_training: MakeTraining) -> None:
    training = make_training("n_bits=3", "env_args.comm_gate=False", algorithm="rial")
    batch = training.runner.run(test_mode=False)
    numbers = training.mac.unroll(batch, 30).messages
    assert set(numbers.unique().tolist()) == set(range(8))  # epsilon is 1: all were said
    bits = batch["messages"][:, :30].long()
    assert torch.equal(numbers, bits[..., 0] + 2 * bits[..., 1] + 4 * bits[..., 2])


def test_who_has_nothing_to_say_is_silent(make_training: MakeTraining) -> None:
    training = make_training("n_bits=2", algorithm="rial")
    batch = training.runner.run(test_mode=False)
    nothing_seen = ~(batch["obs"][:, :-1, :, :8] > 0).any(dim=-1)
    assert nothing_seen.any()
    assert not batch["messages"][:, :-1][nothing_seen].any()
    assert batch["messages"][:, :-1][~nothing_seen].any()
    allowed = training.mac.unroll(batch, 30).messages_allowed
    assert torch.equal(allowed[..., 0], torch.ones_like(nothing_seen))
    assert torch.equal(allowed[..., 3], ~nothing_seen)


def test_actions_respect_the_widened_mask(make_training: MakeTraining) -> None:
    training = make_training(algorithm="rial")
    widened_only = 0
    for _ in range(4):
        batch = training.runner.run(test_mode=False)
        actions = batch["actions"][:, :-1]
        assert training.mac.unroll(batch, 30).available.gather(3, actions).all()
        widened_only += int((batch["avail_actions"][:, :-1].gather(3, actions) == 0).sum())
    assert widened_only > 0


def test_messages_have_a_random_stream_of_their_own(make_training: MakeTraining) -> None:
    one = make_training(algorithm="rial").runner.run(test_mode=False)
    other = make_training("n_bits=2", algorithm="rial").runner.run(test_mode=False)
    assert torch.equal(one["obs"][:, 0], other["obs"][:, 0])
    assert torch.equal(one["actions"][:, 0], other["actions"][:, 0])


def test_without_bits_nobody_says_or_hears_anything(make_training: MakeTraining) -> None:
    training = make_training("n_bits=0", algorithm="rial")
    training.train_once()
    batch = training.runner.run(test_mode=False)
    unrolled = training.mac.unroll(batch, 30)
    assert unrolled.received.shape == (*batch["actions"][:, :30, :, 0].shape, 0)
    assert torch.equal(unrolled.available, batch["avail_actions"][:, :30])
    assert unrolled.messages.unique().tolist() == [0]  # the only message there is


@pytest.mark.parametrize("bits", [-1, 9])
def test_impossible_messages_are_refused(make_training: MakeTraining, bits: int) -> None:
    with pytest.raises(UserError, match=f"'n_bits' is {bits}"):
        make_training(f"n_bits={bits}", algorithm="rial")
