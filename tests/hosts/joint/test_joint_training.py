"""Runs trained together are the runs that each would be alone."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from acd_plugin.configuration.layers import load_config
from acd_plugin.hosts.builtin.joint import JointTraining
from acd_plugin.hosts.builtin.training import Training
from acd_plugin.running.assembly import make_training
from acd_plugin.running.recorder import NullRecorder
from acd_plugin.running.run_spec import resolve
from tests.slow import slow_but

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


def made(kind: list[str], seed: int, *overrides: str) -> tuple[Training, Log]:
    log = Log()
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
    "t_max=600",
    "epsilon_anneal_time=400",
    "target_update_interval_or_tau=2",
]


KINDS = [
    ["dial", "cyborg_small"],
    ["dial", "cyborg_large", "n_bits=2", "share_parameters=False"],
    ["dial", "cyborg_small", "batch_size_run=2"],
    ["dial_nocomm", "cyborg_small_green"],
    ["dial_oracle", "cyborg_small"],
    ["rial", "cyborg_small", "evaluation_epsilon=0.3"],
    ["iql", "cyborg_small", "buffer_size=10", "standardise_rewards=True"],
    ["vdn", "cyborg_small", "buffer_size=6"],
    ["qmix", "cyborg_small", "buffer_size=10", "batch_size_run=2"],
    ["ippo", "cyborg_small", "standardise_returns=True", "action_selector=soft_policies"],
    ["mappo", "cyborg_small"],
]


@pytest.mark.parametrize("kind", slow_but(lambda kind: kind[0] in ("rial", "qmix"), KINDS))
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
