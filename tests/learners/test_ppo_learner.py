"""PPO: losses by hand, clipping, fresh episodes."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from acd_plugin.errors import UserError
from tests.conftest import MakeTraining
from tests.slow import slow


def losses(training: Any, batch: Any, old: torch.Tensor | None) -> tuple[Any, ...]:
    learner = training.learner
    played = torch.ones(8, 30, 2)
    policy = training.mac.unroll(batch, 30)
    advantages = torch.linspace(-2, 2, 8 * 30 * 2).view(8, 30, 2)
    return (advantages, policy, *learner._policy_loss(batch, policy, advantages, played, old))


def test_the_first_pass_is_the_policy_gradient(make_training: MakeTraining) -> None:
    """With ratios of 1 the gradient of the loss is that of -advantage * log-probability."""
    training = make_training("entropy_coef=0", algorithm="ippo")
    batch = training.runner.run(test_mode=False)
    advantages, _, loss, log_probabilities, _ = losses(training, batch, None)
    plain = -(advantages * log_probabilities).mean()
    parameters = list(training.mac.parameters())
    ours = torch.autograd.grad(loss, parameters, retain_graph=True)
    expected = torch.autograd.grad(plain, parameters)
    for one, two in zip(ours, expected, strict=True):
        torch.testing.assert_close(one, two, rtol=1e-3, atol=1e-6)


def test_ratios_pay_off_only_within_the_clip(make_training: MakeTraining) -> None:
    training = make_training("entropy_coef=0", "eps_clip=0.2", algorithm="ippo")
    batch = training.runner.run(test_mode=False)
    advantages, _, _, now, _ = losses(training, batch, None)
    old = now.detach() + torch.linspace(-0.6, 0.6, now.numel()).flip(0).view_as(now)
    _, _, loss, _, _ = losses(training, batch, old)
    ratios = (now - old).exp()
    gains = torch.where(
        advantages > 0, ratios.clamp(max=1.2) * advantages, ratios.clamp(min=0.8) * advantages
    )
    assert loss.item() == pytest.approx(-gains.mean().item(), rel=1e-4)


def test_entropy_is_rewarded(make_training: MakeTraining) -> None:
    training = make_training("entropy_coef=0.5", algorithm="ippo")
    batch = training.runner.run(test_mode=False)
    advantages, policy, loss, _, statistics = losses(training, batch, None)
    entropy = torch.distributions.Categorical(policy).entropy().mean()
    assert statistics["entropy"].item() == pytest.approx(entropy.item(), rel=1e-4)
    assert loss.item() == pytest.approx(-(advantages.mean() + 0.5 * entropy).item(), rel=1e-4)


def test_the_critic_moves_towards_n_step_returns(make_training: MakeTraining) -> None:
    training = make_training("q_nstep=2", "standardise_rewards=False", "lr=0.01", algorithm="mappo")
    batch = training.runner.run(test_mode=False)
    learner = training.learner
    rewards, played = batch["reward"][:, :-1].expand(-1, -1, 2), torch.ones(8, 30, 2)
    values = learner.target_critic(batch).detach()
    loss, advantages, _ = learner._critic_loss(batch, rewards, played)
    wanted = rewards[0, 3, 1] + 0.9 * rewards[0, 4, 1] + 0.81 * values[0, 5, 1]
    torch.testing.assert_close(advantages[0, 3, 1], wanted - values[0, 3, 1])
    torch.testing.assert_close(advantages[0, 29, 1], rewards[0, 29, 1] - values[0, 29, 1])
    assert loss.item() == pytest.approx(advantages.square().mean().item(), rel=1e-5)
    learner.train(batch, 0, 0)
    assert learner._critic_loss(batch, rewards, played)[0] < loss


def test_every_pass_uses_the_probabilities_the_episodes_were_played_with(
    make_training: MakeTraining, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = make_training("epochs=3", "lr=0.01", algorithm="ippo")
    seen: list[Any] = []
    policy_loss = training.learner._policy_loss

    def spy(*arguments: Any) -> Any:
        seen.append(arguments[4:])
        return policy_loss(*arguments)

    monkeypatch.setattr(training.learner, "_policy_loss", spy)
    training.train_once()
    first, (second,), (third,) = seen
    assert first == ()
    assert torch.equal(second, third)


def test_games_of_different_length_count_only_what_was_played(
    make_toy_training: MakeTraining,
) -> None:
    training = make_toy_training(env="uneven", algorithm="mappo")
    batch = training.runner.run(test_mode=False)
    training.learner.train(batch, 0, 0)
    assert all(torch.isfinite(parameter).all() for parameter in training.mac.parameters())


def test_bootstrapping_at_the_time_limit_uses_the_last_observation(
    make_training: MakeTraining,
) -> None:
    cut = "env_args.bootstrap_at_time_limit=True"
    training = make_training("standardise_rewards=False", cut, algorithm="mappo")
    batch = training.runner.run(test_mode=False)
    learner = training.learner
    rewards, played = batch["reward"][:, :-1].expand(-1, -1, 2), torch.ones(8, 30, 2)
    returns = learner._returns(batch, rewards, played)
    values = learner.target_critic(batch)
    torch.testing.assert_close(returns[:, -1], rewards[:, -1] + 0.9 * values[:, 30])
    batch["terminated"][:, 29] = 1  # and nothing where the game ends
    assert torch.equal(learner._returns(batch, rewards, played)[:, -1], rewards[:, -1])


def test_short_games_that_are_cut_off_are_bootstrapped_where_they_end(
    make_toy_training: MakeTraining,
) -> None:
    training = make_toy_training(
        "standardise_rewards=False", "gamma=0.5", env="cut_off", algorithm="ippo"
    )
    batch = training.runner.run(test_mode=False)
    assert not batch["terminated"].any()
    learner = training.learner
    played = batch["filled"][:, 1:].float().expand(-1, -1, 2)
    returns = learner._returns(batch, batch["reward"][:, :-1].expand(-1, -1, 2), played)
    values = learner.target_critic(batch)
    torch.testing.assert_close(returns[0, 0], 1 + 0.5 * values[0, 1])  # lasted one step
    torch.testing.assert_close(returns[1, 0], 1.5 + 0.25 * values[1, 2])  # two steps


@pytest.mark.parametrize("critic_type", ["ac_critic", "ac_critic_ns", "cv_critic", "cv_critic_ns"])
def test_there_may_be_a_single_agent(make_toy_training: MakeTraining, critic_type: str) -> None:
    training = make_toy_training(f"critic_type={critic_type}", env="lonely", algorithm="mappo")
    training.train_once()
    assert all(torch.isfinite(parameter).all() for parameter in training.mac.parameters())


def test_a_single_step_can_be_standardised(make_toy_training: MakeTraining) -> None:
    """The first copy of the environment plays one step."""
    sizes = ["batch_size=1", "batch_size_run=1", "buffer_size=1", "standardise_returns=True"]
    training = make_toy_training(*sizes, env="uneven", algorithm="ippo")
    training.train_once()
    assert all(torch.isfinite(parameter).all() for parameter in training.mac.parameters())


@pytest.mark.parametrize("overrides", [["buffer_size=16"], ["batch_size_run=3"]])
def test_stale_episodes_are_refused(make_training: MakeTraining, overrides: list[str]) -> None:
    with pytest.raises(UserError, match="'ippo' learns from fresh episodes only"):
        make_training(*overrides, algorithm="ippo")


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["critic_type=cv"], "unknown critic_type 'cv' (legal: ac_critic, ac_critic_ns, cv_critic"),
        (["agent_output_type=q"], "learns from a controller with agent_output_type=pi_logits"),
        (["q_nstep=0"], "'q_nstep' is 0"),
    ],
)
def test_mistakes_are_named(
    make_training: MakeTraining, overrides: list[str], message: str
) -> None:
    with pytest.raises(UserError) as error:
        make_training(*overrides, algorithm="mappo")
    assert message in str(error.value)


@pytest.mark.parametrize("algorithm", slow(["ippo", "mappo"]))
def test_it_learns_to_defend(make_training: MakeTraining, algorithm: str) -> None:
    """A short run at reduced size leaves the greedy return far above that of doing nothing."""
    training = make_training(
        "hidden_dim=32",
        "batch_size=16",
        "batch_size_run=16",
        "buffer_size=16",
        "lr=0.003",
        algorithm=algorithm,
        env="cyborg_small_no_block",
    )
    for _ in range(250):
        training.train_once()
    assert training.evaluate(64)["return"].mean() > -100  # doing nothing: -201
