"""Trackers of other packages: one set of names, refused early, told by the run and by `sync`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from acd_plugin.cli.main import main
from acd_plugin.errors import UserError
from acd_plugin.tracking.run_folder import RunFolder
from acd_plugin.tracking.trackers import FROM_FOLDERS, TRACKERS
from acd_plugin.tracking.trackers.naming import tag
from tests.cli.conftest import Call, call, results, train

__all__ = ["call", "results", "train"]  # fixtures
CONFIG = {"name": "dial", "env_name": "small", "seed": 3, "env_args": {"detection_rate": 0.5}}
_TIME = "2026-01-01T00:00:00"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A recorded run, in a place where nobody has logged in."""
    for name in ("WANDB_API_KEY", "WANDB_MODE", "MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "results" / "1"
    path.mkdir(parents=True)
    (path / "config.json").write_text(json.dumps(CONFIG))
    (path / "run.json").write_text(json.dumps({"status": "COMPLETED"}))
    points = [("loss", 10, 0.5), ("test_return_mean", 10, -2.0), ("loss", 20, 0.25)]
    lines = [
        json.dumps({"name": name, "step": step, "value": value, "time": _TIME})
        for name, step, value in points
    ]
    (path / "metrics.jsonl").write_text("".join(f"{line}\n" for line in lines))
    return path


def test_metrics_are_grouped_alike_everywhere() -> None:
    assert tag("test_return_mean") == "test/return_mean"
    assert tag("return_mean") == "train/return_mean"


@pytest.mark.parametrize("name", ["wandb", "mlflow"])
def test_a_package_that_is_not_there_stops_the_run_before_it_trains(
    train: Call, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for module in (name, f"{name}.tracking"):
        monkeypatch.setitem(sys.modules, module, None)
    outcome = train(2, f"trackers=['{name}']")
    assert outcome.code == 2
    wanted = f"the tracker {name} needs the package {name}: pip install '.[{name}]'"
    assert outcome.err.splitlines()[-1].endswith(wanted)


def test_a_login_that_is_not_there_stops_the_run_before_it_trains(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = SimpleNamespace(login=lambda **_: False)
    monkeypatch.setitem(sys.modules, "wandb", nobody)
    with pytest.raises(UserError, match="needs a login: run 'wandb login', or set WANDB_MODE="):
        TRACKERS["wandb"](folder, CONFIG)
    monkeypatch.setenv("WANDB_MODE", "offline")
    TRACKERS["wandb"](folder, CONFIG).close()


def test_an_address_that_is_none_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mlflow.tracking", SimpleNamespace(MlflowClient=None))
    monkeypatch.setitem(sys.modules, "mlflow", SimpleNamespace())
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "htp://me:secret@there")
    with pytest.raises(UserError, match="begin it with http://") as error:
        TRACKERS["mlflow"](folder, CONFIG)
    assert "secret" not in str(error.value)


def test_recorded_runs_are_told_to_tensorboard_once(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    accumulators = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    for _ in range(2):
        assert main(["sync", f"--results={folder.parent}", "--tracker=tensorboard"]) == 0
    assert "tensorboard: 1 of 1 runs" in capsys.readouterr().out
    events = accumulators.EventAccumulator(str(folder / "tensorboard" / "dial on small, seed 3"))
    events.Reload()
    told = [(event.step, event.value) for event in events.Scalars("train/loss")]
    assert told == [(10, 0.5), (20, 0.25)]
    assert [event.value for event in events.Scalars("test/return_mean")] == [-2.0]


@pytest.mark.slow
def test_wandb_keeps_a_run_offline(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wandb = pytest.importorskip("wandb")
    monkeypatch.setenv("WANDB_MODE", "offline")
    tracker = FROM_FOLDERS["wandb"](folder, CONFIG)
    tracker.write("loss", 0.5, 10)
    tracker.write("test_return_mean", -2.0, 10)
    tracker.close()
    wandb.teardown()  # its own process has now written all, which `close` does not wait for
    (file,) = folder.glob("wandb/offline-run-*/*.wandb")
    content = file.read_bytes()
    assert file.stem == f"run-{RunFolder(folder).key()}"
    for told in (b"train/loss", b"test/return_mean", b"game_steps", b"dial on small, seed 3"):
        assert told in content


@pytest.mark.slow
def test_mlflow_keeps_a_run_in_a_file(folder: Path) -> None:
    tracking = pytest.importorskip("mlflow.tracking")
    for _ in range(2):
        assert main(["sync", f"--results={folder.parent}", "--tracker=mlflow"]) == 0
    live = TRACKERS["mlflow"](folder, CONFIG)
    live.write("loss", 0.125, 30)  # the run goes on
    live.close()
    client = tracking.MlflowClient(f"sqlite:///{folder.parent / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("acd-plugin").experiment_id
    (run,) = client.search_runs([experiment])
    assert run.info.run_name == "dial on small, seed 3"
    assert run.data.params["env_args.detection_rate"] == "0.5"
    history = client.get_metric_history(run.info.run_id, "train/loss")
    assert [(one.step, one.value) for one in history] == [(10, 0.5), (20, 0.25), (30, 0.125)]
