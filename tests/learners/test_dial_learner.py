"""DIAL's learner: the loss by hand, gradients through messages, targets, schedules."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import torch

from acd_plugin.errors import UserError
from tests.conftest import MakeTraining


def test_the_loss_is_the_sum_over_steps_of_squared_errors_per_episode_and_agent(
    make_training: MakeTraining,
) -> None:
    training = make_training()
    batch = training.runner.run(test_mode=False)
    steps = batch.max_seq_length - 1
    learner = training.learner
    loss, _, _ = learner.loss(batch)
    online = training.mac.unroll(batch, steps).action_values
    target = learner.target_mac.unroll(batch, steps + 1)
    total = 0.0
    for game in range(8):
        for t in range(steps):
            for agent in range(2):
                wanted = batch["reward"][game, t, 0].item()
                if t + 1 < steps:  # the time limit is the end of the game
                    allowed = target.available[game, t + 1, agent].bool()
                    wanted += 0.9 * target.action_values[game, t + 1, agent][allowed].max().item()
                taken = batch["actions"][game, t, agent, 0]
                total += (wanted - online[game, t, agent, taken].item()) ** 2
    assert loss.item() == pytest.approx(total / (8 * 2), rel=1e-4)


def test_bootstrapping_at_the_time_limit_uses_the_last_observation(
    make_training: MakeTraining,
) -> None:
    training = make_training("env_args.bootstrap_at_time_limit=True")
    batch = training.runner.run(test_mode=False)
    assert not batch["terminated"].any()
    rewards = batch["reward"][:, :-1]
    target = training.learner.target_mac.unroll(batch, batch.max_seq_length)
    targets = training.learner.td_targets(batch, target.action_values, target.available.bool())
    assert not torch.equal(targets[:, -1], rewards[:, -1].expand_as(targets[:, -1]))


def gradient_of_the_listener(training: Any) -> float:
    """Norm of the gradient that the listener's values leave at the sender's message output."""
    batch = training.runner.run(test_mode=False)
    unrolled = training.mac.unroll(batch, 2)
    training.mac.agent.zero_grad()
    unrolled.action_values[:, 1, 1].sum().backward()  # agent 1 at the step after agent 0 spoke
    gradient = training.mac.agent.head[-1].weight.grad[training.settings_n_actions :]
    return float(gradient.norm())


def test_gradients_reach_the_sender_through_the_message(make_toy_training: MakeTraining) -> None:
    training: Any = make_toy_training()
    training.settings_n_actions = training.args.n_actions
    assert gradient_of_the_listener(training) > 0


def test_no_gradient_reaches_the_sender_when_the_message_is_cut(
    make_toy_training: MakeTraining, monkeypatch: pytest.MonkeyPatch
) -> None:
    training: Any = make_toy_training()
    training.settings_n_actions = training.args.n_actions
    deliver = training.mac.channel.deliver
    monkeypatch.setattr(training.mac.channel, "deliver", lambda sent: deliver(sent.detach()))
    assert gradient_of_the_listener(training) == 0


def test_the_target_network_is_copied_at_its_interval_only(make_training: MakeTraining) -> None:
    training = make_training("target_update_interval_or_tau=2")

    def is_equal() -> bool:
        target, online = training.learner.target_mac.parameters(), training.mac.parameters()
        return all(torch.equal(one, two) for one, two in zip(target, online, strict=True))

    assert is_equal()
    seen = []
    for episode in range(0, 32, 8):
        training.learner.train(training.runner.run(test_mode=False), 0, episode)
        seen.append(is_equal())
    assert seen == [False, True, False, True]


def test_a_share_of_at_most_one_updates_the_target_softly(make_training: MakeTraining) -> None:
    training = make_training("target_update_interval_or_tau=0.25")
    before = [p.clone() for p in training.learner.target_mac.parameters()]
    training.learner.train(training.runner.run(test_mode=False), 0, 0)
    for old, target, online in zip(
        before,
        training.learner.target_mac.parameters(),
        training.mac.parameters(),
        strict=True,
    ):
        torch.testing.assert_close(target, old + 0.25 * (online - old))


def test_it_learns_only_when_a_whole_batch_of_fresh_episodes_was_played(
    make_training: MakeTraining,
) -> None:
    training = make_training("batch_size_run=4")
    weights = [next(iter(training.mac.parameters())).detach().clone()]
    for _ in range(4):
        training.train_once()
        weights.append(next(iter(training.mac.parameters())).detach().clone())
    moved = [not torch.equal(one, two) for one, two in itertools.pairwise(weights)]
    assert moved == [False, True, False, True]


@pytest.mark.parametrize("overrides", [["buffer_size=16"], ["batch_size_run=3"]])
def test_stale_episodes_are_refused(make_training: MakeTraining, overrides: list[str]) -> None:
    with pytest.raises(UserError, match="set buffer_size equal to batch_size"):
        make_training(*overrides)


def test_games_of_different_length_are_cut_off_where_they_end(
    make_toy_training: MakeTraining,
) -> None:
    """Every step is worth 1, so the values of what was never played must not enter."""
    training = make_toy_training(env="uneven")
    batch = training.runner.run(test_mode=False)
    assert batch["filled"].sum(dim=(1, 2)).tolist() == [2, 3, 4, 2, 3, 4, 2, 3]
    loss, _, statistics = training.learner.loss(batch)
    assert torch.isfinite(loss)
    assert all(torch.isfinite(value) for value in statistics.values())


def test_what_is_heard_after_the_end_is_no_statistic(make_toy_training: MakeTraining) -> None:
    """Games of 1, 2 and 3 steps: neither counts nor the normalisation know the padded ones."""
    training = make_toy_training("share_parameters=False", env="uneven")
    batch = training.runner.run(test_mode=False)
    played = batch["filled"][:, 1:, 0].bool()
    sent = (batch["messages"][:, :-1] >= 0.5).any(dim=3).sum(dim=2)
    counted = training.mac.episode_stats(batch)["messages_sent"]
    assert counted.tolist() == (sent * played).sum(dim=1).tolist()
    received = training.mac.unroll(batch, 3).received.detach()
    training.learner.train(batch, 0, 0)
    for agent, net in enumerate(training.mac.agent.nets):
        heard = received[:, :, agent][played]
        torch.testing.assert_close(net.message_norm.mean, 0.1 * heard.mean(dim=0))
        torch.testing.assert_close(net.message_norm.variance, 0.9 + 0.1 * heard.var(dim=0))


def test_a_single_step_can_be_learned_from(make_toy_training: MakeTraining) -> None:
    """The first copy of the environment plays one step."""
    sizes = ["batch_size=1", "batch_size_run=1", "buffer_size=1", "share_parameters=False"]
    training = make_toy_training(*sizes, env="uneven")
    training.train_once()
    assert all(torch.isfinite(value).all() for value in training.mac.agent.state_dict().values())


def solved_share(training: Any, updates: int) -> float:
    for _ in range(updates):
        training.train_once()
    returns = [training.runner.run(test_mode=True)["reward"].sum(dim=(1, 2)) for _ in range(4)]
    return torch.cat(returns).mean().item()


SIGNAL = [
    "hidden_dim=32",
    "batch_size=32",
    "batch_size_run=32",
    "buffer_size=32",
    "lr=0.002",
    "epsilon_anneal_time=8000",
    "target_update_interval_or_tau=20",
]


def test_one_bit_solves_what_no_bit_cannot(make_toy_training: MakeTraining) -> None:
    talking = solved_share(make_toy_training(*SIGNAL, "n_bits=1"), 300)
    silent = solved_share(make_toy_training(*SIGNAL, "n_bits=0"), 300)
    assert talking == 1.0
    assert silent < 0.7  # guessing a coin: 0.5, and 128 coins are rarely above 0.6


@pytest.mark.slow
def test_it_learns_to_defend(make_training: MakeTraining) -> None:
    """A short run at reduced size leaves the greedy return far above that of doing nothing."""
    training = make_training(
        "hidden_dim=64",
        "batch_size=32",
        "batch_size_run=32",
        "buffer_size=32",
        "epsilon_anneal_time=100000",
        "lr=0.001",
        "target_update_interval_or_tau=20",
        env="cyborg_small_no_block",
    )
    for _ in range(200):
        training.train_once()
    assert training.evaluate(128)["return"].mean() > -40  # doing nothing: -201
