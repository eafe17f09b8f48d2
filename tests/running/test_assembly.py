"""What is built, how often, and what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from acd_plugin.configuration.layers import load_config
from acd_plugin.envs.cyborg import definition
from acd_plugin.envs.cyborg.blueprint import CyborgBlueprint
from acd_plugin.hosts.builtin.replay_buffer import ReplayBuffer
from acd_plugin.learners import DialLearner
from acd_plugin.running.assembly import make_policy
from acd_plugin.running.recorded_run import Records
from acd_plugin.running.run_spec import resolve
from acd_plugin.running.train import train
from tests.conftest import TINY


class Count:
    """Counts the calls of a function that it takes the place of."""

    def __init__(self, patch: pytest.MonkeyPatch, owner: object, name: str) -> None:
        self.calls = 0
        original = getattr(owner, name)

        def counted(*args: object, **options: object) -> object:
            self.calls += 1
            return original(*args, **options)

        patch.setattr(owner, name, counted)


def test_a_run_reads_its_scenario_once_and_builds_its_games_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    read = Count(monkeypatch, definition, "load_scenario")
    built = Count(monkeypatch, CyborgBlueprint, "make_batch")
    place = f"local_results_path={tmp_path}"
    folder = train(
        resolve(load_config("dial", "cyborg_small", [*TINY, "t_max=240", place])), Records()
    )
    assert (folder.path / "checkpoints" / "240.pt").exists()
    assert (read.calls, built.calls) == (1, 1)


def test_playing_builds_no_learner_and_no_buffer(monkeypatch: pytest.MonkeyPatch) -> None:
    learners = Count(monkeypatch, DialLearner, "__init__")
    buffers = Count(monkeypatch, ReplayBuffer, "__init__")
    policy = make_policy(resolve(load_config("dial", "cyborg_small", TINY)), n_games=4, seed=0)
    assert policy.evaluate(4)["return"].shape == (4,)
    assert (learners.calls, buffers.calls) == (0, 0)
