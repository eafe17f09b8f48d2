"""A run that was stopped or killed goes on as if nothing had happened."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from acd_plugin.configuration.paths import config_root
from acd_plugin.hosts.builtin.training import Training
from acd_plugin.tracking.checkpoint import load_checkpoint
from tests.cli.conftest import EPOCH, TINY_RUN, Call, numbers, run_json
from tests.slow import slow
from tests.tracking.test_checkpoint import same

ROOT = Path(__file__).resolve().parents[2]


def stop_after(
    epochs: int, number: signal.Signals, monkeypatch: pytest.MonkeyPatch, times: int = 1
) -> None:
    """Send this process a signal, or several, in the middle of an epoch."""
    train_once = Training.train_once

    def and_stop(self: Training) -> None:
        train_once(self)
        if self.episode == epochs * 8:
            for _ in range(times):
                os.kill(os.getpid(), number)

    monkeypatch.setattr(Training, "train_once", and_stop)


def assert_same_end(results: Path, whole: str, parts: str, epochs: int) -> None:
    name = f"{epochs * EPOCH}.pt"
    one, two = (load_checkpoint(results / run / "checkpoints" / name) for run in (whole, parts))
    assert same(one.state, two.state)
    assert numbers(results / whole) == numbers(results / parts)
    assert run_json(results / parts)["status"] == "COMPLETED"
    assert run_json(results / whole)["result"] == run_json(results / parts)["result"]


@pytest.mark.parametrize("number", [signal.SIGINT, *slow([signal.SIGTERM, signal.SIGHUP])])
def test_ctrl_c_saves_and_the_run_can_be_resumed(
    train: Call,
    call: Call,
    results: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: signal.Signals,
) -> None:
    assert train(6).code == 0
    with monkeypatch.context() as patch:
        stop_after(3, number, patch)
        stopped = train(6, "save_model_interval=1000000000")
    assert stopped.code == 130
    assert "saving after this epoch" in stopped.err
    assert "resume with: python main.py resume results/2" in stopped.err
    assert run_json(results / "2")["status"] == "INTERRUPTED"
    assert call("resume", "2").code == 0
    assert_same_end(results, "1", "2", 6)


def test_what_could_not_be_saved_is_not_called_saved(
    train: Call, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train_once = Training.train_once

    def and_lose_the_folder(self: Training) -> None:
        train_once(self)
        if self.episode == 2 * 8:
            shutil.rmtree(results / "1")
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(Training, "train_once", and_lose_the_folder)
    stopped = train(4)
    assert stopped.code == 1
    assert "stopped, but results/1 lacks" in stopped.err
    assert "the last checkpoint" in stopped.err
    assert "resume with" not in stopped.err


def test_a_second_ctrl_c_stops_at_once(
    train: Call, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_after(2, signal.SIGINT, monkeypatch, times=2)
    stopped = train(9, "save_model_interval=1000000")
    assert stopped.code == 130
    assert "stopped at once" in stopped.err
    assert run_json(results / "1")["status"] == "INTERRUPTED"
    assert not (results / "1" / "checkpoints").exists()


def test_a_killed_run_goes_on_bit_for_bit(train: Call, call: Call, results: Path) -> None:
    epochs = 12
    train(epochs)
    words = ["--config=dial", "--env-config=cyborg_small", "with", *TINY_RUN]
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), *words, f"t_max={epochs * EPOCH}"],
        cwd=results.parent,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    checkpoints = results / "2" / "checkpoints"
    deadline = time.monotonic() + 120
    while not list(checkpoints.glob("*.pt")) and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.kill()
    process.wait()
    if run_json(results / "2")["status"] == "RUNNING":  # else it was faster than the kill
        assert call("resume", "2").code == 0
    assert_same_end(results, "1", "2", epochs)


def test_a_finished_run_can_be_trained_further(train: Call, call: Call, results: Path) -> None:
    train(4)
    train(2)
    refused = call("resume", "2")
    assert refused.code == 2
    assert f"has reached its t_max of {2 * EPOCH}" in refused.err
    less = call("resume", "2", "with", "t_max=10")
    assert less.code == 2
    assert f"its t_max of 10, it is trained for {2 * EPOCH:,} steps; " in less.err
    assert f"t_max={4 * EPOCH}" in less.err
    assert call("resume", "results/2", "with", f"t_max={4 * EPOCH}").code == 0
    one, two = (
        load_checkpoint(results / run / "checkpoints" / f"{4 * EPOCH}.pt").state for run in "12"
    )
    assert same(one["mac"], two["mac"])
    commands = [run_json(results / run)["meta"]["command_line"] for run in "12"]
    assert commands[1].endswith(f"t_max={4 * EPOCH}")  # the one that makes the whole run
    assert sorted(commands[1].split()) == sorted(commands[0].split())


def test_a_scenario_that_has_changed_is_refused(train: Call, call: Call, results: Path) -> None:
    mine = results.parent / "mine.yaml"
    data = yaml.safe_load((config_root() / "scenarios" / "dial_2_subnets.yaml").read_text())
    mine.write_text(yaml.safe_dump(data))
    assert train(2, "env_args.scenario=mine.yaml").code == 0
    data["subnets"][0]["hosts"][1]["image"] = "linux_user_1"
    mine.write_text(yaml.safe_dump(data))
    for words in (["resume", "1", "with", "t_max=9999"], ["evaluate", "1"]):
        outcome = call(*words)
        assert outcome.code == 2
        assert "the scenario 'mine.yaml' has changed since" in outcome.err
    assert call("evaluate", "1", "--episodes=8", "with", "env_args.scenario=mine.yaml").code == 0
