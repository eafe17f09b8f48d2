"""What may be said, and what it costs, in games and in learning from them."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from acd_plugin.errors import UserError
from tests.conftest import MakeTraining
from tests.controllers.test_controls import COMMNET
from tests.tracking.test_checkpoint import same

FREE = "env_args.comm_gate=False"
every_talker = pytest.mark.parametrize("algorithm", ["dial", "rial"])


@every_talker
def test_nobody_sends_more_bits_in_a_game_than_the_limit(
    make_training: MakeTraining, algorithm: str
) -> None:
    training = make_training("bit_limit=5", "n_bits=2", FREE, algorithm=algorithm)
    for test_mode in (False, True):
        batch = training.runner.run(test_mode=test_mode)
        bits = (batch["messages"][:, :-1] >= 0.5).sum(dim=(1, 3))  # (B, N)
        assert bits.max().item() == 5 or test_mode
        assert (bits <= 5).all()
        counted = training.mac.episode_stats(batch)["bits_sent"]
        assert torch.equal(counted, bits.sum(1).double())
    limited = make_training("bit_limit=0", "message_content=always_1", algorithm=algorithm)
    assert not limited.runner.run(test_mode=False)["messages"].any()


@every_talker
def test_learning_counts_what_acting_counted(make_training: MakeTraining, algorithm: str) -> None:
    training = make_training("bit_limit=5", "n_bits=2", FREE, algorithm=algorithm)
    training.train_once()
    batch = training.runner.run(test_mode=False)
    said = batch["messages"][:, :-1]
    unrolled = training.mac.unroll(batch, batch.max_seq_length - 1)
    if algorithm == "dial":
        assert torch.equal(unrolled.messages.detach(), said)
        return
    bits = said.sum(-1)
    spent = bits.cumsum(1) - bits
    assert (unrolled.messages_allowed.gather(3, unrolled.messages.unsqueeze(-1))).all()
    assert torch.equal(unrolled.messages_allowed[..., 1], spent <= 4)
    assert torch.equal(unrolled.messages_allowed[..., 3], spent <= 3)


@every_talker
def test_a_limit_that_nobody_reaches_and_no_price_change_nothing(
    make_training: MakeTraining, algorithm: str
) -> None:
    plain, limited = (
        make_training(*settings, algorithm=algorithm)
        for settings in (["bit_price=0"], ["bit_limit=1000"])
    )
    for _ in range(2):
        plain.train_once()
        limited.train_once()
    assert same(plain.state_dict(), limited.state_dict())


@every_talker
def test_a_bit_costs_the_team_its_price_whoever_sends_it(
    make_training: MakeTraining, algorithm: str
) -> None:
    """The learner takes from every reward what the bits of the step cost, as if the game had."""
    priced, plain = (
        make_training(f"bit_price={price}", "message_content=always_1", algorithm=algorithm)
        for price in (0.25, 0)
    )
    batch = priced.runner.run(test_mode=False)
    copy = plain.runner.run(test_mode=False)
    copy["reward"][:, :-1] -= 0.25 * batch["messages"][:, :-1].sum(dim=(2, 3)).unsqueeze(-1)
    means = [
        training.learner.loss(episodes)[2]["target_mean"]
        for training, episodes in ((priced, batch), (plain, copy))
    ]
    torch.testing.assert_close(*means)
    assert (batch["messages"][:, :-1] == 1).all()


def test_the_price_of_what_dial_says_reaches_the_senders(make_training: MakeTraining) -> None:
    training = make_training("bit_price=100", "channel.loss=1", FREE)  # nobody listens
    before = training.mac.agent.head[-1].bias.detach().clone()
    training.train_once()
    assert training.mac.agent.head[-1].bias[-1] < before[-1]  # they say less


@pytest.mark.slow
def test_prices_teach_rial_to_be_silent(make_training: MakeTraining) -> None:
    training = make_training("bit_price=5", FREE, algorithm="rial")
    for _ in range(30):
        training.train_once()
    assert not training.runner.run(test_mode=True)["messages"].any()


def test_what_is_no_bit_is_neither_limited_nor_sold(
    make_training: MakeTraining, tmp_path: Path
) -> None:
    commnet = COMMNET.read_text().replace("commnet.py", str(COMMNET.with_suffix(".py")))
    for setting, message in (("bit_limit: 3", "counts bits"), ("bit_price: 0.5", "is for bits")):
        file = tmp_path / "loud.yaml"
        file.write_text(f"{commnet}\n{setting}\n")
        with pytest.raises(UserError, match=message):
            make_training(algorithm=str(file))
