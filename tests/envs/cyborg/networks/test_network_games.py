"""Games of several networks: each is what it is alone, whoever plays beside it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from acd_plugin.configuration.validation import parse
from acd_plugin.envs.batch_env import BatchEnv, Purpose
from acd_plugin.envs.checker import check_blueprint
from acd_plugin.envs.compiled.compiled_rule import CompiledRule
from acd_plugin.envs.cyborg.definition import define
from acd_plugin.envs.cyborg.game import step
from acd_plugin.envs.cyborg.game.types import PADDING
from acd_plugin.envs.cyborg.native_batch import NativeBatchEnv
from acd_plugin.envs.cyborg.networks.blueprint import NetworksBlueprint
from acd_plugin.envs.cyborg.networks.chosen import chosen_networks
from acd_plugin.envs.cyborg.settings import EnvSettings
from acd_plugin.envs.registry import blueprint_of
from acd_plugin.errors import UserError
from tests.conftest import MakeTraining
from tests.envs.cyborg.games import env_args, make_batch
from tests.runners.test_batch_runner import with_logger

Seen = list[NDArray[np.generic]]
STEPS = 20


def settings_of(*overrides: str) -> EnvSettings:
    return parse(EnvSettings, env_args(*overrides, env="generated"), "env_args")


def together(*overrides: str) -> NetworksBlueprint:
    settings = settings_of(*overrides)
    return NetworksBlueprint(settings, *chosen_networks(settings))


def play(batch: BatchEnv, first: int, tape: NDArray[np.int64], purpose: Purpose) -> Seen:
    """Play some steps with actions (T, G, N); returns all that was handed out."""
    batch.reset(first, purpose)
    seen: Seen = [batch.observations.copy(), batch.available_actions.copy()]
    for actions in tape:
        seen.append(batch.step(actions).rewards.copy())
        seen += [batch.observations.copy(), batch.available_actions.copy(), batch.states.copy()]
        seen.append(batch.truths()["threatened"])
    return [*seen, *(values for _, values in sorted(batch.episode_stats().items()))]


def tape_for(batch: BatchEnv) -> NDArray[np.int64]:
    rng = np.random.default_rng(0)
    return rng.integers(0, batch.n_actions, (STEPS, batch.n_games, batch.n_agents))


def part_of(seen: Seen, games: Sequence[int]) -> Seen:
    return [array[list(games)] for array in seen]


def assert_equal(one: Seen, two: Seen) -> None:
    for ours, theirs in zip(one, two, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_every_game_is_what_it_is_on_its_network_alone() -> None:
    """Episode 7 + g is of network (7 + g) % 3, and the (7 + g) // 3rd of those."""
    batch = together("networks=0..2").make_batch(6, seed=4)
    tape = tape_for(batch)
    seen = play(batch, 7, tape, Purpose.TRAIN)
    settings = settings_of("networks=0..2")
    networks, room = chosen_networks(settings)
    for network in range(3):
        games = [game for game in range(6) if (7 + game) % 3 == network]
        alone = NativeBatchEnv(define(settings, networks.scenario(network), room), 2, seed=4)
        own = play(alone, (7 + games[0]) // 3, tape[:, games], Purpose.TRAIN)
        assert_equal(part_of(seen, games), own)


@pytest.mark.parametrize("networks", ["networks=0..2", "games_per_network=2"])
def test_games_do_not_depend_on_how_many_are_played(networks: str) -> None:
    blueprint = together(networks)
    many = blueprint.make_batch(7, seed=1)
    tape = tape_for(many)
    seen = play(many, 8, tape, Purpose.TEST)
    few = blueprint.make_batch(3, seed=1)
    play(few, 0, tape[:, :3], Purpose.TRAIN)  # whatever was played before
    assert_equal(part_of(seen, range(3)), play(few, 8, tape[:, :3], Purpose.TEST))
    assert_equal(part_of(seen, range(3, 6)), play(few, 11, tape[:, 3:6], Purpose.TEST))


def test_fresh_networks_of_an_evaluation_are_the_held_out_ones() -> None:
    fresh, _ = chosen_networks(settings_of("games_per_network=4"))
    held_out, _ = chosen_networks(settings_of("networks=held_out:0..1"))
    for episode, network in ((0, 0), (3, 0), (4, 1)):
        place = fresh.place(Purpose.EVALUATE, episode)
        assert fresh.scenario(place.network) == held_out.scenario(network)
    for purpose in (Purpose.TRAIN, Purpose.TEST):
        place = fresh.place(purpose, 0)
        assert fresh.scenario(place.network) != held_out.scenario(0)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda actions: actions + 99 * (np.arange(4) == 3)[:, None], "agent 0 in game 3 is 99"),
        (lambda actions: actions[:3], r"the shape \(3, 3\): must be \(games, agents\) = \(4, 3\)"),
        (lambda actions: actions.astype(float), "must be whole numbers"),
    ],
)
def test_a_refused_step_moves_no_game(
    change: Callable[[NDArray[np.int64]], NDArray[np.generic]], told: str
) -> None:
    batch = together("networks=0..1").make_batch(4, seed=0)
    tape = tape_for(batch)
    unhindered = play(batch, 0, tape, Purpose.TEST)
    batch.reset(0, Purpose.TEST)
    with pytest.raises(UserError, match=told):
        batch.step(change(np.zeros((4, batch.n_agents), np.int64)))
    for actions, rewards in zip(tape, unhindered[2::5], strict=False):
        np.testing.assert_array_equal(batch.step(actions).rewards, rewards)


@pytest.mark.parametrize("networks", ["networks=0..1", "networks=1", "networks=null"])
def test_episodes_that_cannot_be_are_refused(networks: str) -> None:
    batch = blueprint_of("cyborg", env_args(networks, env="generated")).make_batch(2, seed=0)
    batch.reset(3, Purpose.TEST)
    seen = batch.observations.copy()
    wrong: Any
    for wrong in (1.5, np.nan, "x", None, 2**63, -1):
        with pytest.raises(UserError, match=r"first_episode is .*: must be an integer from 0"):
            batch.reset(wrong, Purpose.TEST)
    np.testing.assert_array_equal(batch.observations, seen)
    number: Any = np.int64(3)
    batch.reset(number, Purpose.TEST)
    np.testing.assert_array_equal(batch.observations, seen)


def test_what_a_network_does_not_have_only_sleeps() -> None:
    blueprint = together("networks=0..15")
    batch = blueprint.make_batch(16, seed=0)
    batch.reset(0, Purpose.TRAIN)
    is_absent = (batch.observations == PADDING).all(axis=2)
    assert is_absent.any()
    assert (batch.available_actions[is_absent].sum(axis=1) == 1).all()
    assert batch.available_actions[is_absent][:, 0].all()
    assert not batch.truths()["threatened"][is_absent].any()


@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT") == "1", reason="nothing is compiled")
def test_nothing_is_compiled_for_another_network() -> None:
    batch = together("games_per_network=1").make_batch(2, seed=0)
    batch.reset(0, Purpose.TRAIN)
    batch.step(np.zeros((2, batch.n_agents), np.int64))
    compiled = compiled_versions()
    batch.reset(2, Purpose.TRAIN)
    batch.step(np.zeros((2, batch.n_agents), np.int64))
    assert compiled_versions() == compiled


def compiled_versions() -> int:
    rule: object = step.step_games
    assert isinstance(rule, CompiledRule)
    return rule.versions


@pytest.mark.parametrize("networks", ["networks=0..2", "networks=1", "games_per_network=3"])
def test_the_check_finds_nothing(networks: str) -> None:
    blueprint = blueprint_of("cyborg", env_args(networks, "analyse_mode=sau", env="generated"))
    assert list(check_blueprint(blueprint)) == []


def test_all_networks_of_a_generator_have_one_size_and_layout() -> None:
    chosen = ("networks=3", "networks=0..2", "networks=held_out:5", "networks=null")
    made = [blueprint_of("cyborg", env_args(one, env="generated")) for one in chosen]
    assert len({blueprint.sizes() for blueprint in made}) == 1
    assert len({str(blueprint.identity) for blueprint in made}) == len(chosen)


def test_scenarios_of_different_size_are_played_in_turn() -> None:
    batch = together("scenario=dial_2_subnets+dial_3_subnets", "host_profile=False").make_batch(
        3, 0
    )
    assert (batch.n_agents, batch.n_actions) == (3, 15)
    assert list(batch.game_names) == ["dial_2_subnets", "dial_3_subnets", "dial_2_subnets"]
    large = make_batch("host_profile=False", env="cyborg_large")
    batch.reset(1, Purpose.TRAIN)
    large.reset(0, Purpose.TRAIN)
    np.testing.assert_array_equal(batch.observations[0], large.observations[0])
    assert "Enterprise0" in batch.picture(0)
    assert "Enterprise0" not in batch.picture(1)


def test_returns_are_told_network_by_network(make_training: MakeTraining) -> None:
    training = make_training("env_args.networks=0..1", env="generated")
    logged = with_logger(training)
    training.test()
    named = [logged[f"test_return_network_{number}_mean"][0][1] for number in range(2)]
    assert named[0] != named[1]
    assert np.isclose(np.mean(named), logged["test_return_mean"][0][1])


def test_the_profile_tells_what_hosts_are() -> None:
    table = make_batch("host_profile=True")
    plain = make_batch()
    names = table.observation_names[0]
    size = plain.observations.shape[2]
    assert names[:size] == plain.observation_names[0]
    told = dict(zip(names[size:], table.observations[0, 0, size:].tolist(), strict=True))
    assert told["User1 of low importance"] == 1.0
    assert told["User1 shows a subnet"] == 0.0
    assert told["User1 exploits always seen"] == 1.0
    assert told["User2 shows a subnet"] == 1.0
    assert told["User2 exploits that fail"] == pytest.approx(1 / 3)
    assert told["Operational shows a subnet of ours"] == 0.0
    told = dict(
        zip(table.observation_names[1][size:], table.observations[0, 1, size:], strict=True)
    )
    assert told["Op_Server0 of high importance"] == 1.0
    assert told["User shows a subnet of ours"] == 1.0
