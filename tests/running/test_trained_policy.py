"""A policy that is asked step by step acts as in evaluation, and says what its messages do."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from acd_plugin.configuration.layers import load_config
from acd_plugin.controllers.base import BaseController
from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.blueprint import Interface
from acd_plugin.errors import UserError
from acd_plugin.hosts.builtin.policy import Policy
from acd_plugin.running.assembly import make_acting, make_policy
from acd_plugin.running.hearing import hear
from acd_plugin.running.run_spec import RunSpec, resolve
from acd_plugin.running.trained_policy import TrainedPolicy
from tests.conftest import TINY
from tests.slow import slow

GAMES = 128
Pair = tuple[RunSpec, Any, TrainedPolicy]  # `Any`: of a runner the contract says too little


def spec_for(algorithm: str, *overrides: str, env: str = "cyborg_small") -> RunSpec:
    return resolve(load_config(algorithm, env, [*TINY, *overrides]))


def shaken(policy: Policy) -> dict[str, Any]:
    """Let networks differ enough from new ones to choose everything there is, and talk."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for weight in policy.mac.parameters():
            weight.add_(0.4 * torch.randn(weight.shape, generator=generator))
    return policy.mac.state_dict()


@pytest.fixture
def pair() -> Callable[..., Pair]:
    """Return a function that makes a policy with games, and one of the same networks without."""

    def make(algorithm: str, *overrides: str, env: str = "cyborg_small") -> Pair:
        spec = spec_for(algorithm, *overrides, env=env)
        policy = make_policy(spec, GAMES, seed=3)
        interface = Interface(spec.sizes, spec.blueprint.comm_layout)
        acting = make_acting(spec.config, interface, seed=3)
        acting.mac.load_state_dict(shaken(policy))
        return spec, policy, TrainedPolicy(acting, interface, t_env=0)

    return make


@pytest.mark.parametrize(
    "algorithm",
    ["dial", "qmix", *slow(["rial", "ippo", "iql", "dial_oracle", "dial_always_1", "dial_nocomm"])],
)
def test_many_games_are_played_as_in_evaluation(pair: Callable[..., Pair], algorithm: str) -> None:
    spec, policy, alone = pair(algorithm)
    played = policy.runner.player.play(0, Purpose.EVALUATE).batch
    env = spec.blueprint.make_batch(GAMES, seed=3)
    env.reset(0, Purpose.EVALUATE)
    alone.reset(GAMES, first_episode=0)
    for step in range(env.episode_limit):
        acted = alone.act(env.observations, env.available_actions, truths=env.truths())
        assert np.array_equal(acted.actions, played["actions"][:, step, :, 0])
        if alone.message_size:
            assert np.array_equal(acted.messages, played["messages"][:, step])
        env.step(acted.actions)
    assert len(np.unique(played["actions"])) > 3
    if algorithm in ("dial", "rial"):
        assert 0 < played["messages"][:, :-1].mean() < 1


def test_what_is_left_to_chance_is_drawn_as_in_evaluation(pair: Callable[..., Pair]) -> None:
    spec, policy, alone = pair("rial", "evaluation_epsilon=0.5")
    played = policy.runner.player.play(GAMES, Purpose.EVALUATE).batch
    env = spec.blueprint.make_batch(GAMES, seed=3)
    env.reset(GAMES, Purpose.EVALUATE)
    alone.reset(GAMES, first_episode=0)
    alone.reset(GAMES)  # they are counted on
    for step in range(5):
        acted = alone.act(env.observations, env.available_actions)
        assert np.array_equal(acted.actions, played["actions"][:, step, :, 0])
        env.step(acted.actions)


def test_a_single_game_is_asked_without_its_axis_or_by_agent(pair: Callable[..., Pair]) -> None:
    spec, _, alone = pair("dial")
    env = spec.blueprint.make_batch(1, seed=0)
    env.reset(0, Purpose.EVALUATE)
    seen, allowed = env.observations[0], env.available_actions[0]
    alone.reset()
    actions, messages = alone.act(env.observations, env.available_actions)
    alone.reset()
    single = alone.act(seen, allowed)
    alone.reset()
    assert np.array_equal(single.actions, actions[0])
    assert np.array_equal(single.messages, messages[0])
    names = env.agent_names  # type: ignore[attr-defined]  # our games have them
    for order in ([0, 1], [1, 0]):  # each agent is itself, wherever it stands
        alone.reset()
        views = {names[agent]: seen[agent] for agent in order}
        named = alone.act(views, {names[agent]: allowed[agent] for agent in order})
        assert [named.actions[name] for name in names] == actions[0].tolist()
        assert np.array_equal([named.messages[name] for name in names], messages[0])


def test_names_are_the_environments_or_those_of_the_first_step(
    pair: Callable[..., Pair],
) -> None:
    spec, _, alone = pair("dial")
    env = spec.blueprint.make_batch(1, seed=0)
    env.reset(0, Purpose.EVALUATE)

    def given(*names: str) -> tuple[dict[str, Any], dict[str, Any]]:
        return (
            dict(zip(names, env.observations[0], strict=True)),
            dict(zip(names, env.available_actions[0], strict=True)),
        )

    with pytest.raises(UserError, match="observations are of a, b, and this policy's agents are "):
        alone.act(*given("a", "b"))
    layout = spec.blueprint.comm_layout
    assert layout is not None
    roomy = spec_for("dial", "env_args.networks=3", env="generated").interface
    assert roomy.comm_layout is not None
    assert len(roomy.comm_layout.agents) == roomy.sizes.n_agents == 3  # one is nobody
    nameless = Interface(spec.sizes, replace(layout, agents=()))
    other = TrainedPolicy(make_acting(spec.config, nameless, seed=3), nameless, t_env=0)
    assert list(other.act(*given("b", "a")).actions) == ["b", "a"]
    assert list(other.act(*given("a", "b")).actions) == ["b", "a"]
    with pytest.raises(UserError, match="agents are b, a"):
        other.act(*given("a", "c"))
    other.reset()
    assert list(other.act(*given("c", "a")).actions) == ["c", "a"]


def test_without_greed_it_explores_and_its_messages_are_noisy(pair: Callable[..., Pair]) -> None:
    spec, _, alone = pair("dial", "epsilon_start=0.5")
    env = spec.blueprint.make_batch(GAMES, seed=0)
    env.reset(0, Purpose.EVALUATE)
    seen = (env.observations, env.available_actions)
    alone.reset(GAMES)
    greedy, _ = alone.act(*seen)
    alone.reset(GAMES, first_episode=0)
    actions, _ = alone.act(*seen, greedy=False)
    assert 0.2 < (actions != greedy).mean() < 0.5
    said = []
    while alone.step < 15:
        env.step(actions)
        actions, messages = alone.act(env.observations, env.available_actions, greedy=False)
        said.append(messages)
    assert 0.1 < ((np.array(said) > 0) & (np.array(said) < 1)).mean() < 0.9


def test_making_one_leaves_random_numbers_and_threads_of_others_alone() -> None:
    spec = spec_for("dial")
    interface = Interface(spec.sizes, spec.blueprint.comm_layout)
    threads = torch.get_num_threads()
    for _ in range(2):
        random.seed(0), np.random.seed(0), torch.manual_seed(0)
        drawn = (random.random(), np.random.rand(), torch.rand(1).item())
        random.seed(0), np.random.seed(0), torch.manual_seed(0)
        make_acting(spec.config, interface, seed=5)
        assert (random.random(), np.random.rand(), torch.rand(1).item()) == drawn
    assert torch.get_num_threads() == threads


@pytest.mark.parametrize("algorithm", ["dial", "rial"])
def test_what_messages_do_is_told_before_the_step(
    pair: Callable[..., Pair], algorithm: str
) -> None:
    spec, _, alone = pair(algorithm)
    assert isinstance(alone.mac, BaseController)
    env = spec.blueprint.make_batch(GAMES, seed=0)
    env.reset(0, Purpose.EVALUATE)
    alone.reset(GAMES)
    sent = np.zeros((GAMES, 2, 1), np.float32)
    changed = unlocked = 0
    for step in range(env.episode_limit):
        heard = hear(alone, env.observations, env.available_actions)
        acted = alone.act(env.observations, env.available_actions)
        assert np.array_equal(heard.received, sent[:, ::-1])  # each hears the other
        is_open = heard.unlocked.any(axis=-1)
        assert not heard.unlocked[env.available_actions].any()
        assert not (is_open & (heard.received[..., 0] == 0)).any()
        assert np.array_equal(
            heard.actions_without[sent.sum((1, 2)) == 0], acted.actions[sent.sum((1, 2)) == 0]
        )
        changed += int((heard.actions_without != acted.actions).sum())
        unlocked += int(is_open.sum())
        sent = acted.messages
        env.step(acted.actions)
        assert step < 30
    assert changed > 0
    assert unlocked > 0


@pytest.mark.parametrize(
    ("observations", "masks", "problem"),
    [
        (np.zeros((2, 9)), np.ones((3, 9)), r"masks have the shape \(3, 9\): must be"),
        (np.zeros((4, 2, 9)), np.ones((4, 2, 8)), "as many games as reset"),
        (np.zeros((2, 7)), np.ones((2, 8)), r"observations have the shape \(2, 7\)"),
        (np.zeros((2, 9)), np.zeros((2, 8)), "an agent has no available action"),
        (np.full((2, 9), 5), np.ones((2, 8)), "a number is 5; in this policy's game each is 0 or"),
        (np.full((2, 9), 0.5), np.ones((2, 8)), "a number is 0.5; in this policy's game each"),
        (np.full((2, 9), "1"), np.ones((2, 8)), "observations: must be arrays of numbers"),
        (np.zeros((2, 9)), np.ones((2, 8)) * 1j, "masks: must be arrays of numbers"),
        (None, np.ones((2, 8)), "observations: must be arrays of numbers"),
        ({"a": [0]}, np.ones((2, 8)), "both by agent|both observations and masks by agent"),
        ({"a": [0]}, {"b": [1]}, "observations are of a and masks of b"),
    ],
)
def test_what_does_not_fit_is_told_in_a_line(
    pair: Callable[..., Pair], observations: Any, masks: Any, problem: str
) -> None:
    _, _, alone = pair("dial")
    with pytest.raises(UserError, match=problem) as refused:
        alone.act(observations, masks)
    assert "\n" not in str(refused.value)


def test_a_profile_is_told_and_only_bits_must_be_bits(pair: Callable[..., Pair]) -> None:
    spec, _, alone = pair("dial", "env_args.networks=0..1", env="generated")
    assert spec.blueprint.comm_layout is not None
    first = spec.sizes.observation_size - spec.blueprint.comm_layout.profile_size
    env = spec.blueprint.make_batch(2, seed=0)
    env.reset(0, Purpose.EVALUATE)
    assert ((env.observations > 0) & (env.observations < 1)).any()
    alone.reset(2)
    hear(alone, env.observations, env.available_actions)
    alone.act(env.observations, env.available_actions)
    for place, number, told in (
        (first - 1, 0.5, "a number is 0.5; .* each is 0 or 1"),
        (first, 1.5, "a number is 1.5; .* of the profile at the end is from 0 to 1"),
        (first, -0.5, "a number is -0.5; .* profile"),
        (first, np.nan, "must be finite"),
    ):
        wrong = env.observations.copy()
        wrong[1, 0, place] = number
        with pytest.raises(UserError, match=told):
            alone.act(wrong, env.available_actions)


def test_games_are_no_longer_than_they_were_said_to_be(pair: Callable[..., Pair]) -> None:
    spec, _, alone = pair("dial", "env_args.time_limit=2")
    env = spec.blueprint.make_batch(1, seed=0)
    env.reset(0, Purpose.EVALUATE)
    for _ in range(2):
        alone.act(env.observations, env.available_actions)
    with pytest.raises(UserError, match=r"at most 2 steps.*call reset\(\)"):
        alone.act(env.observations, env.available_actions)


def test_truths_that_messages_tell_must_be_given(pair: Callable[..., Pair]) -> None:
    spec, _, alone = pair("dial_oracle")
    env = spec.blueprint.make_batch(1, seed=0)
    env.reset(0, Purpose.EVALUATE)
    with pytest.raises(UserError, match="tell who is threatened: give truths"):
        alone.act(env.observations, env.available_actions)


def test_who_sends_no_messages_hears_none(pair: Callable[..., Pair]) -> None:
    _, _, alone = pair("qmix")
    with pytest.raises(UserError, match="sends no messages"):
        hear(alone, np.zeros((2, 9)), np.ones((2, 8)))
