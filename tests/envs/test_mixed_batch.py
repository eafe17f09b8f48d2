"""Games of different rules in one batch: each is exactly what it is alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from acd_plugin.configuration.paths import config_root
from acd_plugin.envs.batch_env import BatchEnv, Purpose
from acd_plugin.envs.checker import check_blueprint
from acd_plugin.envs.cyborg.blueprint import CyborgBlueprint
from acd_plugin.envs.mixed_batch import MixedBatchEnv, MixedBlueprint
from acd_plugin.errors import UserError
from tests.envs.cyborg.games import env_args

GAMES = 6
Seen = list[np.ndarray]


@pytest.fixture
def blueprints(tmp_path: Path) -> list[CyborgBlueprint]:
    """Other detection rates, and another network of the same size."""
    network = yaml.safe_load((config_root() / "scenarios" / "dial_2_subnets.yaml").read_text())
    network["subnets"][0]["hosts"][1]["image"] = "linux_user_2"
    other = tmp_path / "other.yaml"
    other.write_text(yaml.safe_dump(network))
    changes = ("detection_rate=0.1", "detection_rate=0.9", f"scenario={other}")
    return [CyborgBlueprint(env_args(change)) for change in changes]


def play(batch: BatchEnv, first_episode: int, tape: np.ndarray) -> Seen:
    """Play one episode with a tape of actions (T, G, N); returns all that was handed out."""
    batch.reset(first_episode, Purpose.TEST)
    seen = [batch.observations.copy(), batch.available_actions.copy(), batch.states.copy()]
    for actions in tape:
        step = batch.step(actions)
        seen += [step.rewards.copy(), step.terminated, step.truncated, batch.observations.copy()]
        seen += [batch.available_actions.copy(), batch.states.copy(), batch.truths()["threatened"]]
    return [*seen, *(values for _, values in sorted(batch.episode_stats().items()))]


def test_every_game_is_what_it_is_alone(blueprints: list[CyborgBlueprint]) -> None:
    shares = [GAMES] * 3
    mixed = MixedBlueprint(blueprints).make_batch(sum(shares), seed=3)
    tape = np.random.default_rng(0).integers(0, mixed.n_actions, (30, sum(shares), mixed.n_agents))
    together = play(mixed, 100, tape)
    parts = []
    for number, blueprint in enumerate(blueprints):
        own = slice(number * GAMES, (number + 1) * GAMES)
        alone = play(blueprint.make_batch(GAMES, seed=3), 100 + own.start, tape[:, own])
        parts.append(alone)
        for ours, theirs in zip(together, alone, strict=True):
            np.testing.assert_array_equal(ours[own], theirs)
    for one, two in ((0, 1), (0, 2), (1, 2)):  # and they do differ
        assert any((a != b).any() for a, b in zip(parts[one], parts[two], strict=True))
    mixed.close()


def test_a_batch_of_several_games_passes_the_check(blueprints: list[CyborgBlueprint]) -> None:
    assert check_blueprint(MixedBlueprint(blueprints[:1])) == []
    identity = MixedBlueprint(blueprints).identity
    assert identity["scenario_0"] == identity["scenario_1"] != identity["scenario_2"]


def test_games_that_cannot_be_one_batch(blueprints: list[CyborgBlueprint]) -> None:
    large = CyborgBlueprint(env_args(env="cyborg_large"))
    free = CyborgBlueprint(env_args("analyse_mode=free"))
    with pytest.raises(UserError, match="games of different size cannot be one batch"):
        MixedBlueprint([blueprints[0], large])
    with pytest.raises(UserError, match="must agree in what messages unlock"):
        MixedBlueprint([blueprints[0], free])
    with pytest.raises(UserError, match="games of different size"):
        MixedBatchEnv([blueprint.make_batch(1, 0) for blueprint in (large, free)])


def test_no_part_goes_on_when_actions_are_wrong(blueprints: list[CyborgBlueprint]) -> None:
    mixed = MixedBlueprint(blueprints).make_batch(3, seed=0)
    mixed.reset(0, Purpose.TEST)
    before = mixed.states.copy()
    wrong = np.zeros((3, mixed.n_agents), np.int64)
    wrong[2] = mixed.n_actions
    for actions in (wrong, wrong[:2], np.zeros((4, mixed.n_agents), np.int64)):
        with pytest.raises(UserError, match="action"):
            mixed.step(actions)
    np.testing.assert_array_equal(mixed.states, before)
    with pytest.raises(UserError, match="first_episode"):
        mixed.reset(-1, Purpose.TEST)
