"""Training and evaluation on CybORG, as a user starts them, in both hosts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import TINY

ROOT = Path(__file__).resolve().parents[4]
RUN = [*TINY, "t_max=480", "test_interval=240", "env_args.backend=cyborg"]


def run(folder: Path, *words: str) -> str:
    """Run a command of the program; returns everything that it printed."""
    variables = {key: value for key, value in os.environ.items() if key != "EPYMARL_HOME"}
    command = [sys.executable, str(ROOT / "main.py"), *words]
    done = subprocess.run(
        command,
        cwd=folder,
        env=variables | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.usefixtures("cyborg")
@pytest.mark.parametrize(("config", "env"), [("dial", "cyborg_small"), ("qmix", "cyborg_large")])
def test_training_and_evaluation(config: str, env: str, tmp_path: Path) -> None:
    said = run(tmp_path, f"--config={config}", f"--env-config={env}", "with", *RUN)
    assert "backend=cyborg" in said
    assert "games, seed 0" in run(tmp_path, "evaluate", "1", "--episodes=4")


@pytest.mark.usefixtures("cyborg")
def test_a_policy_of_the_compiled_game_plays_on_both(tmp_path: Path) -> None:
    native = [word for word in RUN if "backend" not in word]
    run(tmp_path, "--config=dial", "--env-config=cyborg_small", "with", *native)
    said = run(tmp_path, "evaluate", "1", "--episodes=6", "--backend=cyborg")
    assert "cyborg - native" in said
    lines = (tmp_path / "results/1/evaluations.jsonl").read_text().splitlines()
    ours, theirs = (json.loads(line) for line in lines)
    assert (ours["overrides"], theirs["overrides"]) == ([], ["env_args.backend=cyborg"])
    difference = np.mean(theirs["returns"]) - np.mean(ours["returns"])
    assert f"{difference:.3f} [" in said


@pytest.mark.usefixtures("cyborg")
@pytest.mark.parametrize("runner", ["batch", "parallel"])
def test_training_in_epymarl(runner: str, tmp_path: Path) -> None:
    home = os.environ.get("EPYMARL_HOME")
    if not home:
        pytest.skip("EPYMARL_HOME names no EPyMARL checkout")
    words = ["--config=qmix", "--env-config=cyborg_small", f"--epymarl={home}", "with", *RUN]
    assert "Completed" in run(tmp_path, *words, f"runner={runner}", "batch_size_run=2")
