"""Messages that are disturbed on their way, in games and in learning from them."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from acd_plugin.errors import UserError
from acd_plugin.hosts.builtin.training import Training
from tests.conftest import MakeTraining
from tests.controllers.test_controls import COMMNET, GAME
from tests.slow import slow_but
from tests.tracking.test_checkpoint import same

LOSSY = ["channel.loss=0.3", "channel.delay=2"]
NOISY = ["channel.flip=0.2", "channel.liar=1", "channel.lie=random"]
CASES = [
    ("dial", [*LOSSY, *NOISY, "n_bits=2"]),
    ("rial", [*LOSSY, *NOISY, "n_bits=2"]),
    ("dial_delayed", ["message_content=shuffled"]),
    (str(COMMNET), [*LOSSY, "channel.liar=0", "channel.lie=always_1"]),
]
every_case = pytest.mark.parametrize(
    ("algorithm", "settings"), slow_but(lambda case: case[0] in ("dial", "rial"), CASES)
)


@every_case
def test_learning_hears_what_acting_heard(
    make_training: MakeTraining, algorithm: str, settings: list[str]
) -> None:
    training = make_training(*settings, algorithm=algorithm)
    training.train_once()
    batch = training.runner.run(test_mode=False)
    steps = batch.max_seq_length - 1
    unrolled = training.mac.unroll(batch, steps)
    if algorithm != "rial":  # which stores numbers
        assert torch.equal(unrolled.messages.detach(), batch["messages"][:, :steps])
    arriving = training.mac.arriving(batch, slice(0, steps))
    assert torch.equal(training.mac.channel.deliver(arriving), unrolled.received.detach())
    assert unrolled.available.gather(3, batch["actions"][:, :steps]).all()
    training.mac.init_hidden(batch.batch_size)
    for t in range(steps):
        values = training.mac.forward(batch, t=t)
        torch.testing.assert_close(values, unrolled.action_values[:, t], rtol=1e-4, atol=1e-5)


def test_a_delayed_message_arrives_so_many_steps_later(make_training: MakeTraining) -> None:
    training = make_training("channel.delay=2", env="cyborg_large")
    batch = training.runner.run(test_mode=False)
    received = training.mac.unroll(batch, 30).received.detach()
    assert not received[:, :3].any()
    expected = training.mac.channel.deliver(batch["messages"][:, :27])
    assert expected.any()
    assert torch.equal(received[:, 3:], expected)


def test_chance_decides_for_each_message_and_tests_are_disturbed_too(
    make_training: MakeTraining,
) -> None:
    settings = ["message_content=always_1", "channel.loss=0.25", "n_bits=2"]
    training = make_training(*settings)
    for test_mode in (False, True):
        batch = training.runner.run(test_mode=test_mode)
        assert batch["messages"][:, :-1].all()  # they were sent
        arrived = training.mac.arriving(batch, slice(1, batch.max_seq_length - 1))
        assert torch.equal(arrived[..., 0], arrived[..., 1])  # both bits, or none
        # 8 games, 29 steps, 2 agents: 5 standard errors
        assert arrived.mean().item() == pytest.approx(0.75, abs=0.1)
        first, second = arrived[..., 0].unbind(2)
        assert not torch.equal(first, second)


@pytest.mark.parametrize("algorithm", ["dial", "rial"])
def test_what_never_happens_changes_nothing_bit_for_bit(
    make_training: MakeTraining, algorithm: str
) -> None:
    never = ["channel.loss=1e-9", "channel.flip=1e-9"]
    none = ["channel.loss=0", "channel.delay=0", "channel.flip=0", "channel.liar=null"]
    plain, disturbed, spelled = (
        make_training(*settings, algorithm=algorithm) for settings in ([], never, none)
    )
    for _ in range(2):
        for training in (plain, disturbed, spelled):
            training.train_once()
    networks = [training.mac.agent.state_dict() for training in (plain, disturbed, spelled)]
    assert same(networks[0], networks[1])
    assert same(plain.state_dict(), spelled.state_dict())


@every_case
def test_a_run_goes_on_from_its_state_bit_for_bit(
    make_training: MakeTraining, algorithm: str, settings: list[str]
) -> None:
    whole, first, second = (make_training(*settings, algorithm=algorithm) for _ in range(3))

    def train(training: Training, epochs: int) -> Any:
        for _ in range(epochs):
            training.train_once()
        return training.state_dict()

    train(whole, 1)
    second.load_state_dict(train(first, 1))
    assert same(train(whole, 2), train(second, 2))


def test_gradients_reach_senders_through_messages_that_arrive(make_training: MakeTraining) -> None:
    for loss, is_heard in ((1.0, False), (0.5, True)):
        training = make_training(f"channel.loss={loss}", *GAME)
        batch = training.runner.run(test_mode=False)
        unrolled = training.mac.unroll(batch, batch.max_seq_length - 1)
        unrolled.action_values.sum().backward()
        what_is_said = training.mac.agent.head[-1].weight.grad[-1]
        assert bool(what_is_said.any()) is is_heard


@pytest.mark.parametrize(
    ("algorithm", "settings", "message"),
    [
        ("dial", ["channel.loss=1.5"], "'channel.loss' is 1.5"),
        ("dial", ["channel.lie=half"], "'channel.lie' is 'half'"),
        ("dial", ["channel.liar=Nobody"], "channel.liar is 'Nobody', which is no agent"),
        (str(COMMNET), ["channel.flip=0.1"], "channel.flip=0.1 is for messages of bits"),
        (str(COMMNET), ["channel.liar=0"], "channel.lie=inverted is for messages of bits"),
    ],
)
def test_what_cannot_happen_is_refused(
    make_training: MakeTraining, algorithm: str, settings: list[str], message: str
) -> None:
    with pytest.raises(UserError) as refused:
        make_training(*settings, algorithm=algorithm)
    assert message in str(refused.value)
