"""The examples run as their first lines say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
MAIN = EXAMPLES.parent / "main.py"
HOME = os.environ.get("EPYMARL_HOME")
TINY = [
    *["batch_size=8", "batch_size_run=4", "buffer_size=20", "test_nepisode=4", "hidden_dim=16"],
    *["t_max=720", "learner_log_interval=1"],
]


def run(folder: Path, program: Path, *words: str, code: int = 0) -> str:
    """Run a program in ``folder``; returns what it printed, or its errors."""
    environment = {key: value for key, value in os.environ.items() if key != "EPYMARL_HOME"}
    environment["PYTHONPATH"] = str(EXAMPLES.parent)
    result = subprocess.run(
        [sys.executable, str(program), *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=environment,
    )
    assert result.returncode == code, result.stderr
    return result.stderr if code else result.stdout


def losses(folder: Path) -> list[float]:
    points = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return [point["value"] for point in points if point["name"] == "loss"]


@pytest.mark.slow
def test_an_algorithm_of_ones_own(tmp_path: Path) -> None:
    config = f"--config={EXAMPLES / 'hysteretic_q.yaml'}"
    words = [config, "--env-config=cyborg_small", "with", *TINY]
    run(tmp_path, MAIN, *words)
    run(tmp_path, MAIN, *words, "bad_news_weight=1.0")
    plugin = (
        f"--plugin={EXAMPLES / 'hysteretic_q.py'}"  # a folder of results runs no code by itself
    )
    run(tmp_path, MAIN, "resume", "1", plugin, "with", "t_max=960")
    assert "8 greedy games" in run(tmp_path, MAIN, "evaluate", "1", "--episodes=8", plugin)
    weighted, plain = losses(tmp_path / "results" / "1"), losses(tmp_path / "results" / "2")
    assert weighted[0] < plain[0]
    assert len(weighted) == len(plain) + 2


def test_the_setting_of_ones_own_is_checked(tmp_path: Path) -> None:
    config = f"--config={EXAMPLES / 'hysteretic_q.yaml'}"
    words = [config, "--env-config=cyborg_small", "with", "bad_news_weight=0.0"]
    error = run(tmp_path, MAIN, *words, code=2)
    assert "'bad_news_weight' is 0.0: input should be greater than 0" in error
    assert not (tmp_path / "results").exists()


@pytest.mark.skipif(not HOME, reason="EPYMARL_HOME names no checkout of EPyMARL")
@pytest.mark.parametrize("algorithm", ["iql", "qmix"])
def test_components_of_epymarl_run_unchanged(tmp_path: Path, algorithm: str) -> None:
    names = ["mac=epymarl_mac", "learner=epymarl_q_learner", "save_model=False"]
    words = [f"--config={algorithm}", "--env-config=cyborg_small", "with", *TINY, *names]
    run(tmp_path, EXAMPLES / "epymarl_learner.py", str(HOME), *words)
    assert losses(tmp_path / "results" / "1")
