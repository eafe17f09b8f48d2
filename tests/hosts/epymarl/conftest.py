"""Runs in a real EPyMARL checkout, each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TINY = [
    *("hidden_dim=16", "batch_size=4", "buffer_size=4", "t_max=2400"),
    *("test_interval=1200", "test_nepisode=8", "runner_log_interval=1", "learner_log_interval=1"),
    "save_model=False",
]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def checkout() -> str:
    """The checkout that EPYMARL_HOME names."""
    home = os.environ.get("EPYMARL_HOME")
    if not home:
        pytest.skip("EPYMARL_HOME names no EPyMARL checkout")
    return home


@pytest.fixture
def run_in_epymarl(checkout: str, tmp_path: Path) -> Run:
    """Return a function that trains in the checkout's own loop, results under ``tmp_path``."""

    def run(
        config: str, *overrides: str, env: str = "cyborg_small", before: str = ""
    ) -> subprocess.CompletedProcess[str]:
        words = [f"--config={config}", f"--env-config={env}", f"--epymarl={checkout}", "with"]
        code = f"import sys; {before}\nfrom acd_plugin.cli.main import main; sys.exit(main())"
        return subprocess.run(
            [sys.executable, "-c", code, *words, *TINY, *overrides],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return run
