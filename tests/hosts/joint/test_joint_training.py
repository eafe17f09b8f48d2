"""Runs trained together are the runs that each would be alone."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import torch

from acd_plugin.configuration.layers import load_config
from acd_plugin.envs.registry import REGISTRY
from acd_plugin.errors import DivergedError
from acd_plugin.hosts.builtin.joint import JointTraining, NotTogetherError
from acd_plugin.hosts.builtin.training import Training, TrainingStoppedError
from acd_plugin.running.assembly import make_training
from acd_plugin.running.recorder import NullRecorder
from acd_plugin.running.run_spec import resolve
from tests.slow import slow_but
from tests.toy_envs import TOY_ENVS

Points = dict[str, list[tuple[int, float]]]


class Log(NullRecorder):
    """Keeps what is logged, and stored."""

    def __init__(self) -> None:
        self.points: Points = defaultdict(list)
        self.saved: list[Any] = []

    def log_stat(self, key: str, value: float, t: int) -> None:
        self.points[key].append((t, float(value)))

    def save(self, state: Any, t_env: int) -> None:
        self.saved.append((t_env, state))


class Finite(Log):
    """Refuses what a run's recorder refuses."""

    def log_stat(self, key: str, value: float, t: int) -> None:
        if not math.isfinite(value):
            raise DivergedError(key)
        super().log_stat(key, value, t)


def made(kind: list[str], seed: int, *overrides: str) -> tuple[Training, Log]:
    log = Finite()
    algorithm, env, *own = kind
    config = load_config(algorithm, env, [*SMALL, *own, *overrides, f"seed={seed}"])
    return make_training(resolve(config), log), log


SMALL = [
    "batch_size=4",
    "batch_size_run=4",
    "buffer_size=4",
    "hidden_dim=8",
    "test_nepisode=8",
    "test_interval=240",
    "save_model_interval=240",
    "log_interval=120",
    "t_max=360",
    "epsilon_anneal_time=400",
    "target_update_interval_or_tau=2",
]

DISTURBED = [
    f"channel.{way}" for way in ("loss=0.3", "delay=2", "flip=0.2", "liar=1", "lie=random")
]

KINDS = [
    ["dial", "cyborg_small"],
    ["dial", "cyborg_large", "n_bits=2", "share_parameters=False"],
    ["dial", "cyborg_small", "batch_size_run=2"],
    ["dial_nocomm", "cyborg_small_green"],
    ["dial_oracle", "cyborg_small"],
    ["rial", "cyborg_small", "evaluation_epsilon=0.3"],
    ["dial", "cyborg_small", *DISTURBED, "n_bits=2"],
    ["rial", "cyborg_small", *DISTURBED, "n_bits=2", "bit_limit=3", "bit_price=0.2"],
    ["iql", "cyborg_small", "buffer_size=10", "standardise_rewards=True"],
    ["vdn", "cyborg_small", "buffer_size=6"],
    ["qmix", "cyborg_small", "buffer_size=10", "batch_size_run=2"],
    ["ippo", "cyborg_small", "standardise_returns=True", "action_selector=soft_policies"],
    ["mappo", "cyborg_small"],
]


@pytest.mark.parametrize("kind", slow_but(lambda kind: kind[0] == "qmix", KINDS))
def test_they_log_what_they_would_alone(kind: list[str]) -> None:
    seeds = (3, 0, 5)
    alone = [made(kind, seed) for seed in seeds]
    for training, _ in alone:
        training.train()
    together = [made(kind, seed) for seed in seeds]
    ends: list[Any] = []
    joint = JointTraining([training for training, _ in together])
    joint.train(lambda i, error: ends.append((i, error)))
    assert sorted(ends, key=str) == [(0, None), (1, None), (2, None)]
    for (_, one), (_, other) in zip(alone, together, strict=True):
        assert one.points.keys() == other.points.keys()
        for name, points in one.points.items():
            assert [t for t, _ in points] == [t for t, _ in other.points[name]], name
            values = [value for _, value in other.points[name]]
            assert values == pytest.approx([v for _, v in points], rel=1e-3, abs=1e-4), name
        assert [t for t, _ in one.saved] == [t for t, _ in other.saved]


class Fails(Log):
    """Cannot write at some step."""

    def save(self, state: Any, t_env: int) -> None:
        del state, t_env
        raise OSError("no space left")


def nothing(number: int, error: Exception | None) -> None:
    """Take note of nothing."""


def test_one_that_fails_does_not_stop_the_others() -> None:
    kind = ["dial", "cyborg_small"]
    alone, expected = made(kind, 2)
    alone.train()
    runs, logs = zip(*(made(kind, seed) for seed in (0, 1, 2)), strict=True)
    runs[0].recorder = Fails()
    with torch.no_grad():
        next(iter(runs[1].mac.parameters())).fill_(torch.nan)
    ends: dict[int, Any] = {}
    JointTraining(runs).train(ends.__setitem__)
    assert isinstance(ends[0], OSError)
    assert isinstance(ends[1], DivergedError)
    assert logs[1].saved == []
    assert ends[2] is None
    for name, points in expected.points.items():
        found = [value for _, value in logs[2].points[name]]
        assert found == pytest.approx([v for _, v in points], rel=1e-3, abs=1e-4), name


def test_who_is_asked_to_stop_has_saved_and_goes_on_as_if_never_stopped() -> None:
    kind = ["qmix", "cyborg_small", "buffer_size=10"]
    whole = [made(kind, seed) for seed in (4, 1)]
    JointTraining([run for run, _ in whole]).train(nothing)
    first = [made(kind, seed) for seed in (4, 1)]
    for run, log in first:
        log.should_stop = lambda run=run: run.runner.t_env >= 120  # type: ignore[method-assign,misc]
    ends: list[Any] = []
    JointTraining([run for run, _ in first]).train(lambda *end: ends.append(end))
    assert [type(error) for _, error in ends] == [TrainingStoppedError] * 2
    goes_on = [made(kind, seed) for seed in (4, 1)]
    for (run, _), (_, log) in zip(goes_on, first, strict=True):
        run.load_state_dict(log.saved[-1][1])
    JointTraining([run for run, _ in goes_on]).train(nothing)
    for (_, all_of_it), (_, before), (_, after) in zip(whole, first, goes_on, strict=True):
        for name, points in all_of_it.points.items():
            assert before.points[name] + after.points[name] == points, name


def test_what_cannot_be_trained_together_is_told_in_a_line() -> None:
    one, other = made(["dial", "cyborg_small"], 0)[0], made(["dial", "cyborg_small"], 1)[0]
    other.train_once()
    with pytest.raises(NotTogetherError, match="they are not equally far"):
        JointTraining([one, other])
    other = made(["dial", "cyborg_small", "lr=0.1"], 1)[0]
    with pytest.raises(NotTogetherError, match="they differ in more than their seeds"):
        JointTraining([one, other])


def test_a_network_that_cannot_be_batched_is_told_in_a_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, other = made(["dial", "cyborg_small"], 0)[0], made(["dial", "cyborg_small"], 1)[0]
    embed: Any = one.mac.agent.embed

    def decides(observations: torch.Tensor, previous: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = embed(observations, previous)
        return found * found.sum().item()

    monkeypatch.setattr(one.mac.agent, "embed", decides)
    with pytest.raises(NotTogetherError, match="its parts cannot be batched over seeds"):
        JointTraining([one, other])


def test_games_of_different_length_are_told_as_each_run_alone_tells_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(REGISTRY, "uneven", TOY_ENVS["uneven"])

    def make(seed: int) -> tuple[Training, Log]:
        log = Log()
        config = load_config("dial", "cyborg_small", [*SMALL, f"seed={seed}", "t_max=160"])
        spec = resolve({**config, "env": "uneven", "env_args": {}})
        return make_training(spec, log), log

    alone, together = ([make(seed) for seed in (0, 1)] for _ in range(2))
    for run, _ in alone:
        run.train()
    JointTraining([run for run, _ in together]).train(nothing)
    for (_, one), (_, other) in zip(alone, together, strict=True):
        for name, points in one.points.items():
            assert [t for t, _ in points] == [t for t, _ in other.points[name]], name
            # Last digits grow from update to update, and of short games there are many.
            values = [value for _, value in other.points[name][:20]]
            assert values == pytest.approx([v for _, v in points[:20]], rel=1e-2, abs=1e-4), name


def test_the_games_of_a_gpu_are_played_as_those_of_the_cpu() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.hosts.joint.simulated_session"],
        cwd=Path(__file__).resolve().parents[3],
        env={**os.environ, "NUMBA_ENABLE_CUDASIM": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_games_of_ones_own_that_fail_end_their_run_alone() -> None:
    kind = ["dial", "cyborg_small"]
    undisturbed, expected = made(kind, 0)
    JointTraining([undisturbed, made(kind, 1)[0]]).train(nothing)
    runs, logs = zip(*(made(kind, seed) for seed in (0, 1)), strict=True)
    step, calls = runs[0].runner.env.step, []

    def fails_later(actions: Any) -> Any:
        calls.append(actions)
        if len(calls) > 70:
            raise ZeroDivisionError("of the user's")
        return step(actions)

    runs[0].runner.env.step = fails_later
    ends: dict[int, Any] = {}
    JointTraining(runs).train(ends.__setitem__)
    assert isinstance(ends[0], ZeroDivisionError)
    assert ends[1] is None
    assert len(calls) == 71
    for name, points in logs[0].points.items():  # nothing is told of games that were not played
        assert points == expected.points[name][: len(points)], name
    assert 0 < len(logs[0].points["return_mean"]) < len(expected.points["return_mean"])


def test_games_of_networks_by_turns_are_told_under_their_names() -> None:
    kind = ["iql", "cyborg_small", "env_args.scenario=dial_2_subnets+dial_3_subnets"]
    odd = ["batch_size_run=3", "batch_size=3", "buffer_size=3", "test_nepisode=3"]
    alone, together = ([made(kind, seed, *odd) for seed in (3, 1)] for _ in range(2))
    JointTraining([run for run, _ in together]).train(nothing)
    for (run, log), (_, other) in zip(alone, together, strict=True):
        run.train()
        named = [name for name in log.points if "dial_3_subnets" in name]
        assert len(named) == 2  # of training and tests
        for name in named:
            steps, values = zip(*log.points[name][:2], strict=True)
            found, told = zip(*other.points[name][:2], strict=True)
            assert found == steps
            assert told == pytest.approx(values, rel=1e-4)
