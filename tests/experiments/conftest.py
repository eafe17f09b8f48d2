"""Plans small enough for a test."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import pytest
import yaml

from acd_plugin.experiments import worker
from acd_plugin.experiments.processes import Report, RunWork, Work
from tests.cli.conftest import call, results

__all__ = ["call", "results"]  # fixtures

TINY = {
    **{"hidden_dim": 16, "batch_size": 8, "batch_size_run": 8, "buffer_size": 8},
    **{"test_nepisode": 8, "save_model_interval": 1, "env_args.time_limit": 5},
}
WritePlan = Callable[..., str]


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that a plan does gets a process of its own, of which the start takes seconds."""

    def do_here(work: Work, run_work: RunWork) -> dict[str, Report]:
        del run_work
        with redirect_stderr(io.StringIO()):  # a process has a log of its own
            return worker.work(work.tasks, work.sharing)

    monkeypatch.setattr("acd_plugin.experiments.pool.do", do_here)


@pytest.fixture
def write_plan(tmp_path: Path) -> WritePlan:
    """Return a function that writes a plan with some keys replaced and returns its path."""

    def write(**changes: Any) -> str:
        plan = {
            "title": "A test",
            "algorithms": {"talks": {"config": "dial"}, "silent": {"config": "dial_nocomm"}},
            "environments": {"small": {"config": "cyborg_small"}},
            "budgets": {"full": {"seeds": [1, 2], "epochs": 1, "evaluation_episodes": 8}},
            "with": TINY,
            **changes,
        }
        path = tmp_path / "plan.yaml"
        path.write_text(yaml.safe_dump(plan, sort_keys=False))
        return str(path)

    return write
