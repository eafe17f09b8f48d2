"""Runs share a group when they played the same game and learned alike, whoever recorded them."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from acd_plugin import NUMBERS
from acd_plugin.analysis.report.scores import cells
from acd_plugin.analysis.runs.groups import grouped, learned_with, length_of
from acd_plugin.analysis.runs.run_record import RunRecord, read_records
from acd_plugin.configuration.layers import load_config
from acd_plugin.envs.registry import blueprint_of
from tests.analysis.conftest import Make

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "tests" / "data" / "release_0_1_0" / "published_groups.json"


@pytest.fixture(scope="module")
def published() -> list[RunRecord]:
    records, problems = read_records(ROOT / "docs" / "results" / "runs.tar.xz")
    assert not problems
    return records


def test_published_runs_stay_in_their_groups(published: list[RunRecord]) -> None:
    golden = json.loads(GOLDEN.read_text())  # of the runs that were published then
    groups = defaultdict(list)
    for run in published:
        if run.id not in golden["runs"]:
            continue
        groups[learned_with(run.config)].append(run.id)
    assert sorted(groups.values()) == sorted(golden["identities"])
    found, problems = cells(published)
    assert not problems
    scores = {score.run.id: (cell, score) for cell in found for score in cell.scores}
    assert scores.keys() >= golden["runs"].keys()
    for run, then in golden["runs"].items():
        cell, score = scores[run]
        # Today all groups of an environment say their length where it has several.
        assert cell.group in (then["group"], f"{then['group']}, {length_of(score.run)}")
        assert score.mean == then["mean"]
        assert (score.sd, score.episodes) == (then["sd"], then["episodes"])
        now, before = cell.environment.split(", "), then["environment"].split(", ")
        assert now[1:] == before[1:]  # the rest is the environment's name


def today(algorithm: str, *overrides: str, **changes: Any) -> dict[str, Any]:
    """What a run of today records."""
    config = load_config(algorithm, "cyborg_small", list(overrides))
    blueprint = blueprint_of(config["env"], config["env_args"])
    game = {**blueprint.identity, "rules": "1"}
    facts = {"numbers": NUMBERS, "game": game, "episode_limit": blueprint.sizes().episode_limit}
    return {**config, **facts, "host": "builtin", "version": "of today", **changes}


@pytest.mark.parametrize(("algorithm", "run"), [("dial", "1"), ("dial_nocomm", "3"), ("qmix", "4")])
def test_a_run_of_today_joins_those_of_0_1_0(
    published: list[RunRecord], algorithm: str, run: str
) -> None:
    (then,) = [record.config for record in published if record.id == run]
    now = today(algorithm, "seed=99", "t_max=5", trackers=["x"], plugins=["tracker.py"])
    assert learned_with(now) == learned_with(then)
    edited = {**now, "game": {**now["game"], "rules": "1-edited-ab12"}}
    for other in (edited, {**now, "numbers": 2}, today(algorithm, "lr=0.1")):
        assert learned_with(other) != learned_with(then)


def test_runs_under_other_rules_share_no_row(make: Make) -> None:
    game = {"rules": "1", "scenario": "content of small"}
    edited = {**game, "rules": "1-edited-ab12"}
    runs = [make([-1.0], game=game), make([-2.0], game=edited)]
    found, problems = cells(runs)
    assert [cell.environment for cell in found] == [
        "small, game.rules=1",
        "small, game.rules=1-edited-ab12",
    ]
    assert problems == []
    assert list(grouped(runs)) == ["dial, game.rules=1", "dial, game.rules=1-edited-ab12"]


def test_an_algorithm_of_ones_own_stands_beside_the_others(make: Make) -> None:
    game = {"rules": "1", "scenario": "content of small"}
    runs = [make([-1.0], game=game), make([-1.0], name="mine", game={**game, "plugins": "a"})]
    assert [(cell.group, cell.environment) for cell in cells(runs)[0]] == [
        ("dial", "small"),
        ("mine", "small"),
    ]
    edited = make([-1.0], name="mine", game={**game, "plugins": "b"})
    assert list(grouped([*runs, edited])) == ["dial", "mine, plugins=a", "mine, plugins=b"]


def test_the_content_of_a_scenario_counts_and_not_its_name(make: Make) -> None:
    def played(scenario: str, content: str, **more: Any) -> RunRecord:
        args = {"scenario": scenario, "detection_rate": 0.5}
        return make([-1.0], env_args=args, env_name="mine", game={"scenario": content}, **more)

    moved = [played("mine.yaml", "a"), played("elsewhere/mine.yaml", "a", seed=1)]
    assert {name: len(runs) for name, runs in grouped(moved).items()} == {"dial": 2}
    others = [played("mine.yaml", "a"), played("other.yaml", "b")]
    assert list(grouped(others)) == ["dial, scenario=mine.yaml", "dial, scenario=other.yaml"]
    changed = [played("mine.yaml", "a"), played("mine.yaml", "b")]
    assert list(grouped(changed)) == ["dial, game.scenario=a", "dial, game.scenario=b"]


def test_of_an_unknown_scenario_nothing_is_assumed(make: Make) -> None:
    args = {"scenario": "mine", "detection_rate": 0.5}
    then = make([-1.0], env_args=args, numbers=None, game={"rules": "1"})
    now = make([-1.0], env_args=args, game={"rules": "1", "scenario": "a"})
    assert len(grouped([then, now])) == 2
    assert learned_with(then.config) != learned_with(now.config)
