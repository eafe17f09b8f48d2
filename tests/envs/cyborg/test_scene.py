"""A game as data that can be drawn."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.blueprint import CyborgBlueprint
from acd_plugin.envs.cyborg.game.types import Blue
from acd_plugin.envs.cyborg.game_batch import GameBatch
from acd_plugin.envs.scene import Drawable, Scene
from tests.envs.cyborg.games import env_args


@pytest.fixture
def batch() -> GameBatch:
    return CyborgBlueprint(env_args(env="cyborg_large")).make_batch(16, seed=0)


def scenes(batch: GameBatch, actions: list[int]) -> list[Scene]:
    batch.step(np.tile(np.array(actions), (batch.n_games, 1)))
    return [batch.scene(game) for game in range(batch.n_games)]


def test_the_network_is_the_scenarios(batch: GameBatch) -> None:
    assert isinstance(batch, Drawable)
    network = batch.network()
    assert network.defenders == ("Blue0", "Blue1", "Blue2")
    assert [subnet.name for subnet in network.subnets] == ["User", "Enterprise", "Operational"]
    assert network.hosts[network.foothold].name == "User0"
    batch.reset(0, Purpose.EVALUATE)
    assert network.hosts[batch.scene(0).objective].name == "Op_Server0"
    ways_in = {host.name: host.reveals for host in network.hosts if host.reveals is not None}
    assert ways_in == {"User3": 1, "Enterprise2": 2}


def test_before_the_first_step_only_the_foothold_is_the_attackers(batch: GameBatch) -> None:
    batch.reset(0, Purpose.EVALUATE)
    scene = batch.scene(0)
    assert [host.truth for host in scene.hosts].count("root") == 1
    assert scene.hosts[0].truth == "root"
    assert (scene.attack, scene.deeds, scene.damage) == (None, (), 0.0)


def test_truth_and_costs_add_up_to_the_reward(batch: GameBatch) -> None:
    batch.reset(0, Purpose.EVALUATE)
    results = set()
    for _ in range(60):
        found = scenes(batch, [0, 0, 0])
        for game, scene in enumerate(found):
            costs = sum(deed.cost for deed in scene.deeds)
            assert batch.state.reward[game] == pytest.approx(-scene.damage - costs)
            held = sum(host.truth != "none" for host in scene.hosts) - 1
            assert held == batch.episode_stats()["hosts_compromised"][game]
            results.add(scene.attack.result if scene.attack else None)
    assert {"success", "fail"} <= results


def test_a_blocked_attack_is_told_from_one_that_fails_by_itself(batch: GameBatch) -> None:
    kinds, targets = batch.rules.action_kind, batch.rules.action_target
    (block_users,) = np.flatnonzero((kinds[1] == Blue.BLOCK) & (targets[1] == 0))
    batch.reset(0, Purpose.EVALUATE)
    blocked = []
    for _ in range(60):
        for scene in scenes(batch, [0, int(block_users), 0]):
            assert scene.deeds[1].blocks == 0
            if scene.attack and scene.attack.result == "blocked":
                blocked.append(scene)
                assert batch.network().hosts[scene.attack.source].subnet == 0
    assert blocked
    assert all(host.truth == "none" for scene in blocked for host in scene.hosts[5:])


def test_a_block_that_was_lost_stops_nothing(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("extends: dial_3_subnets\nexclusive: [block]\n")
    made = CyborgBlueprint(env_args(f"scenario={file}", env="cyborg_large"))
    batch = made.make_batch(16, seed=0)
    subnets = [host.subnet for host in batch.network().hosts]
    blocks = [int(np.flatnonzero(kinds == Blue.BLOCK)[0]) for kinds in batch.rules.action_kind]
    batch.reset(0, Purpose.EVALUATE)
    met = set()
    for _ in range(batch.episode_limit):
        for scene in scenes(batch, blocks):
            assert {deed.blocks for deed in scene.deeds} == {None}
            if scene.attack and scene.attack.name == "ExploitRemoteService":
                way = subnets[scene.attack.source], subnets[scene.attack.target]
                met.add((*way, scene.attack.result))
    assert (0, 1, "fail") in met  # it did so by chance, although the guard meant to block its way
    assert "blocked" not in {result for _, _, result in met}


def test_an_exploit_of_a_protected_host_is_told_from_one_that_fails_by_itself() -> None:
    batch = CyborgBlueprint(env_args(env="hidden_target")).make_batch(16, seed=0)
    hosts = [host.name for host in batch.network().hosts]
    protect = batch.action_names[1].index("Protect Server1")
    batch.reset(0, Purpose.EVALUATE)
    met = set()
    for _ in range(batch.episode_limit):
        for scene in scenes(batch, [0, protect]):
            if scene.attack and scene.attack.name == "ExploitRemoteService":
                met.add((hosts[scene.attack.target], scene.attack.result))
    assert ("Server1", "protected") in met
    assert {result for name, result in met if name != "Server1"} == {"success"}


def test_who_shares_a_subnet_and_what_each_defends() -> None:
    network = CyborgBlueprint(env_args(env="heterogeneous_hosts")).make_batch(1, seed=0).network()
    assert [subnet.defenders for subnet in network.subnets] == [(0, 1), (2, 3, 4)]
    assert network.duties == tuple(
        (name,) for name in ("User1", "User2", "Op_Host0", "Op_Server0", "Operational")
    )


def test_a_scene_of_subnets_that_nobody_guards_can_be_written() -> None:
    batch = CyborgBlueprint(env_args(env="heterogeneous_hosts")).make_batch(16, seed=0)
    batch.reset(0, Purpose.EVALUATE)
    results = set()
    for _ in range(30):
        for scene in scenes(batch, [0, 0, 0, 0, 0]):
            json.dumps(asdict(scene))
            results.add(scene.attack.result if scene.attack else None)
    assert "fail" in results
