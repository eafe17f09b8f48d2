"""Evaluation: repeatable, stored beside the run, honest about what does not fit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.conftest import EPOCH, Call


def records(results: Path, run: str = "1") -> list[dict[str, Any]]:
    lines = (results / run / "evaluations.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_the_return_is_printed_and_stored(trained: str, call: Call, results: Path) -> None:
    outcome = call("evaluate", trained, "--episodes=20")
    assert outcome.code == 0
    (record,) = records(results)
    returns = np.array(record["returns"])
    assert (len(returns), record["t_env"], record["seed"]) == (20, 3 * EPOCH, 0)
    assert record["return_mean"] == pytest.approx(returns.mean())
    assert record["return_std"] == pytest.approx(returns.std(ddof=1))
    low, high = record["return_ci95"]
    assert low < record["return_mean"] < high
    half = 1.96 * returns.std(ddof=1) / 20**0.5
    assert high - low == pytest.approx(2 * half, rel=0.25)
    assert f"{record['return_mean']:.3f}" in outcome.out
    assert "20 greedy games, seed 0" in outcome.out
    assert record["statistics"]["cost_damage"] > 0


def test_the_same_games_are_played_again_and_nothing_is_overwritten(
    trained: str, call: Call, results: Path
) -> None:
    seeds = ("0", "0", "1")
    told = [call("evaluate", trained, "--episodes=12", f"--seed={seed}").out for seed in seeds]
    assert told[0] == told[1]
    first, other = records(results)  # what is there to the last digit is not stored again
    assert first["returns"] != other["returns"]


def test_another_number_of_games_begins_with_the_same_ones(
    trained: str, call: Call, results: Path
) -> None:
    for episodes in ("20", "9"):
        call("evaluate", trained, f"--episodes={episodes}")
    long, short = records(results)
    assert long["returns"][:9] == short["returns"]


def test_a_checkpoint_file_can_be_named(trained: str, call: Call, results: Path) -> None:
    path = f"results/{trained}/checkpoints/{2 * EPOCH}.pt"
    assert call("evaluate", path, "--episodes=4").code == 0
    assert records(results)[0]["t_env"] == 2 * EPOCH


def test_the_environment_may_change(trained: str, call: Call, results: Path) -> None:
    call("evaluate", trained, "--episodes=8")
    outcome = call("evaluate", trained, "--episodes=8", "with", "env_args.costs.damage.high=5")
    assert outcome.code == 0
    plain, changed = records(results)
    assert plain["returns"] != changed["returns"]
    assert changed["overrides"] == ["env_args.costs.damage.high=5"]


def test_its_own_backend_is_played_once(trained: str, call: Call, results: Path) -> None:
    assert call("evaluate", trained, "--episodes=4", "--backend=native").code == 0
    assert len(records(results)) == 1


def test_a_backend_is_given_once_and_must_exist(trained: str, call: Call) -> None:
    twice = ("--backend=native", "with", "env_args.backend=native")
    outcome = call("evaluate", trained, *twice)
    assert outcome.code == 2
    assert "give only one of them" in outcome.err
    outcome = call("evaluate", trained, "--backend=cybrog")
    assert outcome.code == 2
    assert "input should be 'native' or 'cyborg'" in outcome.err


def test_a_policy_that_does_not_fit_is_named(trained: str, call: Call) -> None:
    outcome = call("evaluate", trained, "with", "env_args.scenario=dial_3_subnets")
    assert outcome.code == 2
    assert "was trained on 'dial_2_subnets' and does not fit 'dial_3_subnets'" in outcome.err
    assert len(outcome.err.splitlines()) == 1


def test_the_first_game_can_be_watched(trained: str, call: Call) -> None:
    plain = call("evaluate", trained, "--episodes=8").out
    shown = call("evaluate", trained, "--episodes=8", "--render").out
    assert shown.endswith(plain)  # watching changes nothing
    told = shown.removesuffix(plain)
    assert [told.count(f"step {step}: reward") for step in (1, 30)] == [1, 1]
    assert "  red    DiscoverRemoteSystems User from User0: success\n" in told
    assert "; says 1" in told
    assert "heard 1 from Blue" in told


def test_a_truncated_checkpoint_is_named(trained: str, call: Call, results: Path) -> None:
    path = results / trained / "checkpoints" / f"{3 * EPOCH}.pt"
    path.write_bytes(path.read_bytes()[:1000])
    outcome = call("evaluate", trained)
    assert outcome.code == 2
    assert f"{3 * EPOCH}.pt: not a readable checkpoint" in outcome.err
