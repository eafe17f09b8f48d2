"""RIAL's learner: two losses, and no gradient through the channel."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from acd_plugin.errors import UserError
from tests.conftest import MakeTraining


def test_the_loss_is_that_of_actions_plus_that_of_messages(make_training: MakeTraining) -> None:
    training = make_training("n_bits=2", algorithm="rial", env="cyborg_large")
    batch = training.runner.run(test_mode=False)
    online = training.mac.unroll(batch, 60)
    target = training.learner.target_mac.unroll(batch, 61)
    total = torch.zeros(())
    for chosen, values, following, allowed in (
        (batch["actions"][:, :-1, :, 0], online.action_values, *target[:2]),
        (online.messages, online.message_values, *target[2:4]),
    ):
        best = following.masked_fill(~allowed.bool(), -torch.inf).max(dim=3).values[:, 1:]
        best[:, -1] = 0  # the time limit is the end of the game
        wanted = batch["reward"][:, :-1] + 0.9 * best
        taken = values.gather(3, chosen.unsqueeze(3)).squeeze(3)
        total = total + ((taken - wanted) ** 2).sum() / (8 * 3)
    loss, _, statistics = training.learner.loss(batch)
    assert loss.item() == pytest.approx(total.item(), rel=1e-5)
    assert statistics["message_td_error_abs"] > 0


def test_no_gradient_reaches_the_sender_through_the_message(
    make_toy_training: MakeTraining,
) -> None:
    training: Any = make_toy_training(algorithm="rial")
    batch = training.runner.run(test_mode=False)
    unrolled = training.mac.unroll(batch, 2)
    unrolled.action_values[:, 1, 1].sum().backward()  # agent 1 at the step after agent 0 spoke
    gradient = training.mac.agent.head[-1].weight.grad[training.args.n_actions :]
    assert not gradient.any()


def test_it_learns_to_speak(make_toy_training: MakeTraining) -> None:
    """What pays is that the other acts on the message: without one, a coin's guess is all.

    With other seeds it sometimes ends at silence, as RIAL does.
    """
    training: Any = make_toy_training(
        "seed=2",
        "hidden_dim=32",
        "batch_size=64",
        "batch_size_run=64",
        "buffer_size=64",
        "lr=0.003",
        "epsilon_anneal_time=20000",
        "target_update_interval_or_tau=10",
        algorithm="rial",
    )
    for _ in range(300):
        training.train_once()
    returns = [training.runner.run(test_mode=True)["reward"].sum(dim=(1, 2)) for _ in range(4)]
    assert torch.cat(returns).mean().item() == 1.0


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["buffer_size=16"], "RIAL learns from fresh episodes only"),
        (["mac=dial_mac"], "dru_sigma"),
        (["learner=dial_learner"], "DIAL cannot learn with RialController: set mac=dial_mac"),
    ],
)
def test_mistakes_are_named(
    make_training: MakeTraining, overrides: list[str], message: str
) -> None:
    with pytest.raises(UserError) as error:
        make_training(*overrides, algorithm="rial")
    assert message in str(error.value)
