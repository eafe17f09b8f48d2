"""Q-learning: the loss by hand, targets, mixing, standardising, schedules."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tests.conftest import MakeTraining


def parameters(training: Any) -> list[torch.nn.Parameter]:
    found: list[torch.nn.Parameter] = training.learner.parameters_of()["optimiser"]
    return found


def with_other_target(training: Any) -> Any:
    """Move the online networks away from their targets."""
    torch.manual_seed(3)
    with torch.no_grad():
        for parameter in parameters(training):
            parameter.add_(torch.randn_like(parameter) * 0.2)
    return training


@pytest.mark.parametrize("double_q", [True, False])
def test_the_loss_is_the_mean_squared_error_of_independent_agents(
    make_training: MakeTraining, double_q: bool
) -> None:
    training = with_other_target(make_training(f"double_q={double_q}", algorithm="iql"))
    batch = training.runner.run(test_mode=False)
    online = training.mac.unroll(batch, 31)
    target = training.learner.target_mac.unroll(batch, 31)
    total = 0.0
    for game in range(8):
        for t in range(30):
            for agent in range(2):
                wanted = batch["reward"][game, t, 0].item()
                if t < 29:  # the time limit is the end of the game
                    allowed = batch["avail_actions"][game, t + 1, agent].bool()
                    judge = online if double_q else target
                    best = judge[game, t + 1, agent].masked_fill(~allowed, -torch.inf).argmax()
                    wanted += 0.9 * target[game, t + 1, agent, best].item()
                taken = batch["actions"][game, t, agent, 0]
                total += (online[game, t, agent, taken].item() - wanted) ** 2
    loss, _ = training.learner.loss(batch)
    assert loss.item() == pytest.approx(total / (8 * 30 * 2), rel=1e-4)


def test_vdn_learns_the_sum(make_training: MakeTraining) -> None:
    training = with_other_target(make_training(algorithm="vdn"))
    batch = training.runner.run(test_mode=False)
    online = training.mac.unroll(batch, 31)
    target = training.learner.target_mac.unroll(batch, 31)
    allowed = batch["avail_actions"].bool()
    best = online.masked_fill(~allowed, -torch.inf).argmax(dim=3, keepdim=True)
    following = target.gather(3, best).sum(dim=(2, 3))[:, 1:]
    ended = batch["terminated"][:, :-1, 0]
    wanted = batch["reward"][:, :-1, 0] + 0.9 * following * (1 - ended)
    taken = online[:, :-1].gather(3, batch["actions"][:, :-1]).sum(dim=(2, 3))
    loss, _ = training.learner.loss(batch)
    assert loss.item() == pytest.approx(((taken - wanted) ** 2).mean().item(), rel=1e-5)


def test_nothing_flows_into_the_targets(make_training: MakeTraining) -> None:
    training = make_training(algorithm="qmix")
    loss, _ = training.learner.loss(training.runner.run(test_mode=False))
    loss.backward()
    for network in (training.learner.target_mac.agent, training.learner.target_mixer):
        assert all(parameter.grad is None for parameter in network.parameters())
    assert all(parameter.grad is not None for parameter in parameters(training))


def test_bootstrapping_at_the_time_limit_uses_the_last_observation(
    make_training: MakeTraining,
) -> None:
    overrides = ["gamma=1", "env_args.bootstrap_at_time_limit=True"]
    training = make_training(*overrides, algorithm="iql")
    batch = training.runner.run(test_mode=False)
    values = training.mac.unroll(batch, 31)
    targets = training.learner._make_targets(batch, values, torch.ones(8, 30, 1))
    best = values.masked_fill(batch["avail_actions"] == 0, -torch.inf).max(dim=3).values
    torch.testing.assert_close(targets[:, -1], batch["reward"][:, 29] + best[:, 30])


def test_games_of_different_length_count_only_what_was_played(
    make_toy_training: MakeTraining,
) -> None:
    training = make_toy_training(env="uneven", algorithm="qmix")
    batch = training.runner.run(test_mode=False)
    loss, statistics = training.learner.loss(batch)
    for name in ("obs", "state", "reward"):
        batch[name][~batch["filled"].bool().flatten(1)] = 77.0
    again, _ = training.learner.loss(batch)
    assert loss.item() == again.item()
    assert all(torch.isfinite(value) for value in statistics.values())


def test_standardised_rewards_do_not_depend_on_their_scale(make_training: MakeTraining) -> None:
    losses = []
    for scale in (1.0, 50.0):
        training = make_training("standardise_rewards=True", algorithm="vdn")
        batch = training.runner.run(test_mode=False)
        batch["reward"][:] = batch["reward"] * scale + scale
        losses.append(training.learner.loss(batch)[0].item())
    assert losses[0] == pytest.approx(losses[1], rel=1e-3)


def test_target_networks_are_copied_after_their_updates_only(make_training: MakeTraining) -> None:
    training = make_training("target_update_interval_or_tau=2", algorithm="qmix")

    def is_equal() -> bool:
        target = [*training.learner.target_mac.parameters()]
        target += training.learner.target_mixer.parameters()
        pairs = zip(target, parameters(training), strict=True)
        return all(torch.equal(one, two) for one, two in pairs)

    seen = []
    for _ in range(4):
        training.train_once()
        seen.append(is_equal())
    assert seen == [False, True, False, True]


@pytest.mark.slow
@pytest.mark.parametrize("algorithm", ["iql", "vdn", "qmix"])
def test_it_learns_to_defend(make_training: MakeTraining, algorithm: str) -> None:
    """A short run at reduced size leaves the greedy return far above that of doing nothing."""
    training = make_training(
        "hidden_dim=32",
        "batch_size=32",
        "buffer_size=1000",
        "epsilon_anneal_time=40000",
        "target_update_interval_or_tau=50",
        algorithm=algorithm,
        env="cyborg_small_no_block",
    )
    for _ in range(300):
        training.train_once()
    assert training.evaluate(64)["return"].mean() > -60  # doing nothing: -201
