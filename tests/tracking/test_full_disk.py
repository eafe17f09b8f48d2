"""A disk that is full stops no training, and nothing that was measured is lost for it."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from acd_plugin.tracking import metric_file, observer
from tests.cli.conftest import EPOCH, Call, call, numbers, results, run_json, train
from tests.slow import slow
from tests.tracking.test_plain_files import room_for
from tests.tracking.trackers.mongo.conftest import RecordedRun, expected_points

__all__ = ["call", "results", "train"]  # fixtures


class FullDisk:
    """Lets nothing be written while it is full."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_full = False
        for name in ("append_lines", "write_atomically"):
            monkeypatch.setattr(observer, name, self._wrap(getattr(observer, name)))

    def _wrap(self, write: Any) -> Any:
        def or_fail(path: Path, content: bytes) -> None:
            if self.is_full:
                raise OSError(errno.ENOSPC, "No space left on device")
            write(path, content)

        return or_fail


def recorded(run: RecordedRun) -> dict[str, list[tuple[int, float]]]:
    found: dict[str, list[tuple[int, float]]] = {}
    for point in metric_file.read_metrics(run.folder):
        found.setdefault(point["name"], []).append((point["step"], point["value"]))
    return found


def test_what_could_not_be_written_follows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = FullDisk(monkeypatch)
    run = RecordedRun(tmp_path)
    run.log(0, 5)
    disk.is_full = True
    run.log(5, 10)
    run.log(10, 15)
    assert recorded(run) == expected_points(5)
    disk.is_full = False
    run.log(15, 20)
    run.complete()
    assert recorded(run) == expected_points(20)
    assert run_json(run.folder.path)["status"] == "COMPLETED"


def test_a_run_that_cannot_be_recorded_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    FullDisk(monkeypatch).is_full = True
    with pytest.raises(OSError, match="No space left"):
        RecordedRun(tmp_path)


def test_training_goes_on_without_a_place_for_checkpoints(
    train: Call, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("acd_plugin.running.built_run.save_checkpoint", fail)
        outcome = train(3)
    assert outcome.code == 1
    assert f"no checkpoint at step {EPOCH}: No space left on device" in outcome.err
    assert "could not be written: the last checkpoint (No space left on device)" in outcome.err
    assert "make room, and train again" in outcome.err
    assert run_json(results / "1")["status"] == "FAILED"
    train(3)
    assert numbers(results / "1") == numbers(results / "2")


@pytest.mark.parametrize("room", range(1, 400, 21))
def test_a_disk_that_is_full_in_the_middle_of_a_line(tmp_path: Path, room: int) -> None:
    """The kernel writes what fits, and then no more."""
    run = RecordedRun(tmp_path)
    run.log(0, 5)
    with room_for(run.folder.metrics.stat().st_size + room):
        run.log(5, 10)
        run.log(10, 15)
    run.log(15, 20)
    run.complete()
    assert recorded(run) == expected_points(20)
    lines = run.folder.metrics.read_text().splitlines()
    assert len(lines) == 2 * 20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB; skips where none may be made."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.call(mount, stderr=subprocess.DEVNULL):
        pytest.skip("this user may not make a file system: needs `mount -t tmpfs`")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.parametrize("room", [0, 1, *slow(range(2, 6))])
def test_a_small_disk_that_is_full_again_and_again(small_disk: Path, room: int) -> None:
    """Room is a number of pages, which is what such a file system gives."""
    run = RecordedRun(small_disk)
    filler, page = small_disk / "filler", 4096
    for step in range(0, 400, 40):
        with filler.open("ab") as file:
            left = os.statvfs(small_disk).f_bavail
            os.posix_fallocate(file.fileno(), 0, max(1, left - room) * page)
        run.log(step, step + 20)
        run.log(step + 20, step + 40)
        filler.unlink()
    run.complete()
    assert recorded(run) == expected_points(400)
    assert len(run.folder.metrics.read_text().splitlines()) == 2 * 400


def test_heartbeats_and_checkpoints_write_nothing_twice(tmp_path: Path) -> None:
    run = RecordedRun(tmp_path)
    threads = [Thread(target=run.log, args=(step, step + 1)) for step in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = recorded(run)
    assert {name: sorted(series) for name, series in found.items()} == expected_points(40)
