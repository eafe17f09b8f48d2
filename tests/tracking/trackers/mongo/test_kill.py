"""A run whose process is killed at any moment can be read, and copied, up to its last points."""

from __future__ import annotations

import json
import multiprocessing
import random
import time
from pathlib import Path

import pytest

from acd_plugin.tracking.metric_file import read_metrics
from acd_plugin.tracking.results import run_folders
from acd_plugin.tracking.run_folder import RunFolder
from acd_plugin.tracking.trackers.mongo.address import parse_address
from acd_plugin.tracking.trackers.mongo.copier import RunCopier, RunStore
from testbed.mongo_server import WireServer
from tests.slow import slow
from tests.tracking.trackers.mongo.conftest import METRICS, RecordedRun, Stored, expected_points

PER_BEAT = 50  # steps


def record_for_ever(results: Path) -> None:
    run = RecordedRun(results)
    step = 0
    while True:
        run.log(step, step + PER_BEAT, "x" * step)
        (results / "written").write_text(str(step + PER_BEAT))
        step += PER_BEAT


@pytest.mark.parametrize("seed", [0, *slow(range(1, 20))])
def test_a_killed_run_is_readable_and_copied(server: WireServer, tmp_path: Path, seed: int) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.tracking.trackers.mongo.test_kill"])
    process = context.Process(target=record_for_ever, args=(tmp_path,))
    process.start()
    while not (tmp_path / "written").exists():
        time.sleep(0.001)
    time.sleep(random.Random(seed).uniform(0.0, 0.05))
    process.kill()
    process.join()
    (folder,) = run_folders(tmp_path)
    assert json.loads((folder.path / "run.json").read_text())["status"] == "RUNNING"
    written = {name: [p for p in read_metrics(folder) if p["name"] == name] for name in METRICS}
    # A point is whole or not there; what a beat had written before the kill is there.
    surely = int((tmp_path / "written").read_text() or 0)
    for points in written.values():
        assert [point["step"] for point in points] == list(range(len(points)))
        assert len(points) >= surely
    store = RunStore(parse_address(server.url))
    RunCopier(RunFolder(folder.path), store).copy()
    store.close()
    stored = Stored(server.url).points(1)
    for name, points in written.items():
        assert stored[name] == expected_points(len(points))[name]
