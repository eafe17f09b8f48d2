"""A run has one owner, and whether it has one is asked of the operating system, not of clocks."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from acd_plugin.analysis.runs.run_record import read_record
from acd_plugin.configuration.layers import load_config
from acd_plugin.experiments.claims import claim_of
from acd_plugin.running.owned_folder import owned_folder
from acd_plugin.running.planned import Planned, continued
from acd_plugin.running.recorded_run import Records
from acd_plugin.running.run_spec import resolve
from acd_plugin.running.train import train_alone
from acd_plugin.tracking.ownership import OwnedError, owned
from acd_plugin.tracking.run_folder import RunFolder
from tests.cli.conftest import EPOCH, TINY_RUN, Call, numbers, run_json


def change_record(folder: Path, **changes: object) -> None:
    (folder / "run.json").write_text(json.dumps({**run_json(folder), **changes}))


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_a_run_that_goes_on_is_resumed_by_nobody_else(
    train: Call, call: Call, results: Path
) -> None:
    train(1)
    change_record(results / "1", status="RUNNING")
    folder = RunFolder(results / "1")
    before = content(folder.path)
    with owned(folder.owner, folder):
        del before["owner.json"]
        for words in (
            ["resume", "1"],
            ["resume", "1", "1"],
            ["resume", "results/1/checkpoints/240.pt"],
        ):
            refused = call(*words, "with", f"t_max={2 * EPOCH}")
            assert refused.code == 2
            assert f"results/1 is in use by process {os.getpid()} on " in refused.err
    after = content(folder.path)
    del after["owner.json"]
    assert after == before


def test_who_comes_second_builds_nothing(
    train: Call, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(1)
    change_record(results / "1", status="INTERRUPTED")
    planned = continued("1", str(results), Records(), {"t_max": 2 * EPOCH})

    def build(*_: object) -> None:
        raise AssertionError("built")

    monkeypatch.setattr("acd_plugin.running.train.Alone", build)
    folder = RunFolder(results / "1")
    with owned(folder.owner, folder), pytest.raises(OwnedError, match="is in use by process"):
        train_alone(planned)
    with pytest.raises(AssertionError, match="built"):
        train_alone(planned)


@pytest.mark.parametrize("heartbeat", ["2001-01-01T00:00:00", "2101-01-01T00:00:00"])
def test_clocks_do_not_tell_whether_a_run_goes_on(
    train: Call, results: Path, heartbeat: str
) -> None:
    train(1)
    change_record(results / "1", status="RUNNING", heartbeat=heartbeat)
    folder = RunFolder(results / "1")
    with owned(folder.owner, folder):
        assert read_record(folder).status == "RUNNING"
    assert read_record(folder).status == "KILLED"
    assert read_record(folder).can_be_resumed
    folder.owner.unlink()  # of an earlier release
    assert read_record(folder).status == "KILLED"


def test_an_equal_run_is_begun_once(train: Call, results: Path) -> None:
    assert train(1, "seed=1").code == 0
    spec = resolve(load_config("dial", "cyborg_small", [*TINY_RUN, f"t_max={EPOCH}", "seed=1"]))
    planned = Planned(spec, Records(), claim=claim_of(spec.config))
    with owned_folder(planned) as folder:
        assert folder.path == Path("results/2")
        with pytest.raises(OwnedError, match="seed 1 is in use by process"):
            in_another_folder(planned)
    in_another_folder(planned)  # for the one before was never begun
    (results / "1").rename(results / "3")
    with pytest.raises(OwnedError, match="begun meanwhile: results/3 is COMPLETED"):
        in_another_folder(planned)


def in_another_folder(planned: Planned) -> None:
    with owned_folder(planned) as folder:
        assert folder.path == Path("results/3")
        shutil.rmtree(folder.path)


@pytest.mark.parametrize("status", ["RUNNING", "INTERRUPTED", "FAILED"])
def test_what_is_trained_is_completed(train: Call, call: Call, results: Path, status: str) -> None:
    train(2)
    folder = results / "1"
    whole, measured = run_json(folder), numbers(folder)
    (folder / "learning_curve.png").unlink()
    change_record(folder, status=status, result=None, artifacts=[])
    finished = call("resume", "1")
    assert finished.code == 0, finished.err
    assert "trained to its end already" in finished.err
    assert numbers(folder) == measured
    again = run_json(folder)
    assert [again[key] for key in ("status", "result", "artifacts")] == [
        whole[key] for key in ("status", "result", "artifacts")
    ]
    assert (folder / "learning_curve.png").exists()
    assert call("resume", "1").code == 2


def test_what_decorates_a_run_cannot_fail_it(
    train: Call, call: Call, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def draw(*_: object) -> None:
        raise ValueError("'nonsense' is not a valid value for backend")

    monkeypatch.setattr("acd_plugin.cli.training.draw_run", draw)
    outcome = train(1)
    assert outcome.code == 1
    assert "could not be written: learning_curve.png ('nonsense' is not" in outcome.err
    assert run_json(results / "1")["status"] == "COMPLETED"
    assert call("evaluate", "1", "--episodes=8").code == 0


def test_going_back_leaves_no_newer_checkpoint(train: Call, call: Call, results: Path) -> None:
    train(4, "keep_checkpoints=0")
    measured = numbers(results / "1")
    oldest = results / "1" / "checkpoints" / f"{EPOCH}.pt"
    change_record(results / "1", status="INTERRUPTED")
    again = call("resume", str(oldest))
    assert again.code == 0, again.err
    assert numbers(results / "1") == measured


def test_leftovers_of_a_kill_go(train: Call, call: Call, results: Path) -> None:
    train(1)
    change_record(results / "1", status="RUNNING")
    leftovers = [
        results / "1" / ".run.json.1.2.tmp",
        results / "1" / "checkpoints" / ".480.pt.1.2.tmp",
    ]
    mine = results / "1" / ".mine.tmp"
    for path in (*leftovers, mine):
        path.write_text("half")
    assert call("resume", "1").code == 0
    assert [path.exists() for path in (*leftovers, mine)] == [False, False, True]
