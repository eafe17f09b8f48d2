"""Trackers get every number, and whatever they do, training does not notice."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from acd_plugin.configuration.plugins import content_of
from acd_plugin.errors import UserError
from acd_plugin.tracking.run_folder import RunFolder
from acd_plugin.tracking.trackers import TRACKERS, attached
from acd_plugin.tracking.trackers.attached import Trackers
from tests.cli.conftest import Call, call, numbers, results, train

__all__ = ["call", "results", "train"]  # fixtures
TOLD = {"loss": {"values": [0.5, 0.25], "steps": [1, 2]}, "x": {"values": [3], "steps": [2]}}


class Memory:
    """Keeps what it is told, and may be made to fail or to hang."""

    def __init__(self, folder: Path, config: Mapping[str, object]) -> None:
        self.folder, self.config = folder, config
        self.told: list[tuple[str, float, int]] = []
        self.error: Exception | None = None
        self.may_write = threading.Event()
        self.may_write.set()
        self.is_closed = False

    def write(self, name: str, value: float, step: int) -> None:
        self.may_write.wait()
        if self.error is not None:
            raise self.error
        self.told.append((name, value, step))

    def close(self) -> None:
        self.is_closed = True


def make(monkeypatch: pytest.MonkeyPatch, folder: Path) -> tuple[Trackers, Memory]:
    made: list[Memory] = []

    def factory(folder: Path, config: Mapping[str, object]) -> Memory:
        made.append(Memory(folder, config))
        return made[-1]

    monkeypatch.setitem(TRACKERS, "memory", factory)
    config = {"trackers": ["memory"], "use_tensorboard": False, "host": "builtin"}
    trackers = Trackers(config)
    trackers.open(RunFolder(folder))
    return trackers, made[0]


def test_every_number_arrives_in_the_order_of_its_steps(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    trackers, memory = make(monkeypatch, tmp_path)
    trackers.log_metrics(TOLD, {})
    trackers.log_metrics({"loss": {"values": [0.125], "steps": [3]}}, {})
    trackers.close()
    assert memory.told == [("loss", 0.5, 1), ("loss", 0.25, 2), ("x", 3.0, 2), ("loss", 0.125, 3)]
    assert memory.is_closed
    assert memory.folder == tmp_path


def test_one_that_fails_is_told_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    trackers, memory = make(monkeypatch, tmp_path)
    memory.error = RuntimeError("no luck")
    for _ in range(3):
        trackers.log_metrics(TOLD, {})
    trackers.close()
    (record,) = caplog.records
    assert record.getMessage() == (
        "tracker memory: RuntimeError: no luck; training goes on without it"
    )


def test_one_that_hangs_holds_up_nobody(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(attached, "_GRACE", 0.1)
    trackers, memory = make(monkeypatch, tmp_path)
    memory.may_write.clear()
    trackers.log_metrics(TOLD, {})
    trackers.close()
    assert "tracker memory: does not end; what it still holds is lost" in caplog.text
    memory.may_write.set()


def test_training_goes_on_without_a_tracker_that_fails(
    train: Call, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> Memory:
        raise ConnectionError("nobody there")

    def fail(folder: Path, config: Mapping[str, object]) -> Memory:
        memory = Memory(folder, config)
        memory.error = RuntimeError("no luck")
        return memory

    monkeypatch.setitem(TRACKERS, "absent", refuse)
    monkeypatch.setitem(TRACKERS, "failing", fail)
    outcome = train(2, "trackers=['absent', 'failing']")
    assert outcome.code == 0
    assert outcome.err.count("tracker absent: ConnectionError: nobody there") == 1
    assert outcome.err.count("tracker failing: RuntimeError: no luck; training goes on") == 1
    train(2)
    assert numbers(results / "1") == numbers(results / "2")


def test_an_unknown_name_is_found_before_there_is_a_folder(train: Call, results: Path) -> None:
    outcome = train(2, "trackers=['tensorbord']")
    assert outcome.code == 2
    assert "unknown tracker 'tensorbord'; did you mean 'tensorboard'?" in outcome.err
    assert not list(results.glob("*"))
    with pytest.raises(UserError):
        Trackers({"trackers": ["x"], "use_tensorboard": False, "host": "builtin"})


def test_a_file_that_only_adds_trackers_is_no_part_of_the_game(tmp_path: Path) -> None:
    imports = {
        "tracker": "import csv\nfrom acd_plugin.tracking.trackers import TRACKERS\n",
        "mixed": "from acd_plugin.tracking.trackers import TRACKERS\nimport acd_plugin.envs\n",
        "package": "from acd_plugin.tracking.trackers import TRACKERS\nfrom acd_plugin import envs",
        "foreign": "import csv\n",
    }
    for name, text in imports.items():
        (tmp_path / name).write_text(text)
    assert content_of([str(tmp_path / "tracker")]) == ""
    names = {name: content_of([str(tmp_path / name)]) for name in ("mixed", "package", "foreign")}
    assert all(names.values())
    both = [str(tmp_path / "tracker"), str(tmp_path / "mixed")]
    assert content_of(both) == names["mixed"]


def test_what_can_be_told_afterwards_says_how(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: Any) -> Memory:
        raise ConnectionError("nobody there")

    monkeypatch.setitem(TRACKERS, "mlflow", refuse)
    trackers = Trackers({"trackers": ["mlflow"], "use_tensorboard": False, "host": "builtin"})
    trackers.open(RunFolder(tmp_path))
    assert caplog.records[0].getMessage().endswith(" sync --tracker=mlflow)")
