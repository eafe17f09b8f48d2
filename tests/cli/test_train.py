"""Training leaves a complete record, and the same one for the same seed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from acd_plugin.learners import DialLearner
from acd_plugin.tracking.checkpoint import load_checkpoint
from tests.cli.conftest import EPOCH, Call, numbers, run_json
from tests.tracking.test_checkpoint import same


def test_a_run_is_recorded(train: Call, results: Path) -> None:
    outcome = train(4)
    assert outcome.code == 0
    assert "host: builtin" in outcome.err
    assert "scenario=dial_2_subnets, backend=native" in outcome.err
    assert outcome.out.splitlines()[-1] == (
        "done: results/1 (see it play: python main.py watch results/1)"
    )
    record = run_json(results / "1")
    assert record["status"] == "COMPLETED"
    assert isinstance(record["result"], float)
    assert json.loads((results / "1" / "config.json").read_text())["n_bits"] == 1
    assert "run folder: results/1" in (results / "1" / "cout.txt").read_text()
    assert {path.name for path in (results / "1" / "checkpoints").iterdir()} == {
        f"{3 * EPOCH}.pt",
        f"{4 * EPOCH}.pt",
    }


def test_metrics_have_epymarls_names_over_environment_steps(train: Call, results: Path) -> None:
    train(4)
    measured: dict[str, list[int]] = {}
    for name, step, _ in numbers(results / "1"):
        measured.setdefault(name, []).append(step)
    every_epoch = [EPOCH * epoch for epoch in (1, 2, 3, 4)]
    for name in (
        *("return_mean", "return_std", "ep_length_mean", "epsilon", "loss", "grad_norm"),
        *("td_error_abs", "q_taken_mean", "target_mean", "messages_sent_mean", "blocks_mean"),
        *("cost_damage_mean", "cost_restore_mean", "cost_remove_analyse_mean", "cost_block_mean"),
    ):
        assert measured[name] == every_epoch, name
    assert measured["test_return_mean"] == [EPOCH, 3 * EPOCH, 4 * EPOCH]
    sacred = json.loads((results / "1" / "metrics.json").read_text())
    assert sacred["loss"]["steps"] == every_epoch
    assert len(sacred["loss"]["values"]) == len(sacred["loss"]["timestamps"]) == 4


@pytest.mark.parametrize(
    "says", ["NVIDIA-SMI has failed because it could not", "", "<a><gpu/></a>"]
)
def test_a_broken_nvidia_smi_stops_no_training(
    says: str, train: Call, results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text(f"#!/bin/sh\necho '{says}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert train(1).code == 0
    assert run_json(results / "1")["host"]["device"] == "cpu"


def test_the_last_test_is_the_result(train: Call, results: Path) -> None:
    train(2)
    tests = [value for name, _, value in numbers(results / "1") if name == "test_return_mean"]
    assert run_json(results / "1")["result"] == tests[-1]


def test_runs_never_overwrite_each_other(train: Call, results: Path) -> None:
    train(1)
    before = {path: path.read_bytes() for path in (results / "1").rglob("*") if path.is_file()}
    train(1)
    assert (results / "2" / "run.json").exists()
    assert before == {path: path.read_bytes() for path in before}


def test_the_same_seed_gives_the_same_bits(train: Call, results: Path) -> None:
    for seed in (1, 1, 2):
        train(3, f"seed={seed}")
    states = [
        load_checkpoint(results / run / "checkpoints" / f"{3 * EPOCH}.pt").state for run in "123"
    ]
    assert same(states[0], states[1])
    assert not same(states[0]["mac"], states[2]["mac"])
    assert numbers(results / "1") == numbers(results / "2")
    assert numbers(results / "1") != numbers(results / "3")


def test_event_files_hold_the_same_numbers(train: Call, results: Path) -> None:
    accumulators = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    train(2, "use_tensorboard=True")
    (place,) = (results / "1" / "tensorboard").iterdir()
    assert place.name == "dial on cyborg_small, seed 0"  # as TensorBoard calls the run
    events = accumulators.EventAccumulator(str(place))
    events.Reload()
    recorded = [(step, value) for name, step, value in numbers(results / "1") if name == "loss"]
    assert "test/return_mean" in events.Tags()["scalars"]
    shown = [(event.step, event.value) for event in events.Scalars("train/loss")]
    assert shown == [(step, pytest.approx(value, rel=1e-6)) for step, value in recorded]


def test_a_crash_leaves_its_traceback_and_output(
    train: Call, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        print("the last words")
        raise RuntimeError("a cable was pulled")

    monkeypatch.setattr(DialLearner, "train", crash)
    with pytest.raises(RuntimeError, match="a cable was pulled"):
        train(2)
    record = run_json(results / "1")
    assert record["status"] == "FAILED"
    assert "a cable was pulled" in "".join(record["fail_trace"])
    assert "the last words" in (results / "1" / "cout.txt").read_text()


def test_a_network_of_ones_own_trains(train: Call, results: Path) -> None:
    outcome = train(2, "n_bits=2", env="branch_office")
    assert outcome.code == 0
    assert any(name == "loss" for name, _, _ in numbers(results / "1"))


def test_no_message_is_sent_without_bits(train: Call, results: Path) -> None:
    train(2, config="dial_nocomm")
    assert not any("messages" in name for name, _, _ in numbers(results / "1"))
