"""Which tests run by default, and fixtures that build small runs in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings

from acd_plugin.configuration.layers import load_config
from acd_plugin.envs import env_loop
from acd_plugin.envs.registry import REGISTRY
from acd_plugin.hosts.builtin.training import Training
from acd_plugin.machine import cores
from acd_plugin.running.assembly import make_training as assemble
from acd_plugin.running.recorder import NullRecorder
from acd_plugin.running.run_spec import resolve
from tests.toy_envs import TOY_ENVS

TINY = ["hidden_dim=16", "batch_size=8", "batch_size_run=8", "buffer_size=8", "test_nepisode=8"]

# How long an example takes says something of the machine, not of what is tested.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# Tests look inside concrete classes, of which the contracts say nothing.
MakeTraining = Callable[..., Any]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="run the tests marked slow, too")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """How many processes ``-n auto`` means: each takes up to a gigabyte of memory."""
    return min(4, cores())


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give a file's tests to one process, where they share their fixtures and what is compiled.

    Files begin in the order of their names. xdist would end with those of few tests, which are the
    longest, so that one process works on when the others have nothing left.
    """
    from xdist.scheduler import (  # type: ignore[import-untyped]  # noqa: PLC0415
        LoadFileScheduling,
    )

    config.option.loadscopereorder = False
    return LoadFileScheduling(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is slow, unless all tests, a marker or one test by its name is asked."""
    if config.option.all or config.option.markexpr or any("::" in word for word in config.args):
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    config.hook.pytest_deselected(items=slow)
    items[:] = [item for item in items if item not in slow]


@pytest.fixture
def make_training() -> MakeTraining:
    """Return a function that builds a small run on a CybORG scenario."""

    def make(*overrides: str, env: str = "cyborg_small", algorithm: str = "dial") -> Training:
        return assemble(resolve(load_config(algorithm, env, [*TINY, *overrides])), NullRecorder())

    return make


@pytest.fixture
def make_toy_training(monkeypatch: pytest.MonkeyPatch) -> MakeTraining:
    """Return a function that builds a small run on an environment of `tests.toy_envs`."""
    for name, env_class in TOY_ENVS.items():
        monkeypatch.setitem(REGISTRY, name, env_class)
    # Their answers follow from the number of the copy.
    monkeypatch.setattr(env_loop, "copy_seed", lambda seed, game: seed + game)

    def make(*overrides: str, env: str = "signal", algorithm: str = "dial") -> Training:
        config: dict[str, Any] = load_config(algorithm, "cyborg_small", [*TINY, *overrides])
        return assemble(resolve({**config, "env": env, "env_args": {}}), NullRecorder())

    return make
