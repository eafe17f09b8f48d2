"""Fixtures that build small runs in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from acd_plugin.configuration.layers import load_config
from acd_plugin.envs.registry import REGISTRY
from acd_plugin.hosts.builtin.training import Training
from acd_plugin.tracking.recorder import NullRecorder
from tests.toy_envs import SignalEnv, UnevenEnv

TINY = ["hidden_dim=16", "batch_size=8", "batch_size_run=8", "buffer_size=8", "test_nepisode=8"]

MakeTraining = Callable[..., Training]


@pytest.fixture
def make_training() -> MakeTraining:
    """Return a function that builds a small run on a CybORG scenario."""

    def make(*overrides: str, env: str = "cyborg_small", algorithm: str = "dial") -> Training:
        return Training(load_config(algorithm, env, [*TINY, *overrides]), NullRecorder())

    return make


@pytest.fixture
def make_toy_training(monkeypatch: pytest.MonkeyPatch) -> MakeTraining:
    """Return a function that builds a small run on an environment of `tests.toy_envs`."""
    monkeypatch.setitem(REGISTRY, "signal", SignalEnv)
    monkeypatch.setitem(REGISTRY, "uneven", UnevenEnv)

    def make(*overrides: str, env: str = "signal", algorithm: str = "dial") -> Training:
        config: dict[str, Any] = load_config(algorithm, "cyborg_small", [*TINY, *overrides])
        return Training({**config, "env": env, "env_args": {}}, NullRecorder())

    return make
