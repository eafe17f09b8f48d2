"""A database to copy into, and runs to copy: written by the real observer, without training."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pymongo
import pytest

from acd_plugin.tracking.observer import RunFolderObserver
from acd_plugin.tracking.run_folder import RunFolder
from testbed.mongo_server import WireServer

CONFIG = {
    "name": "dial",
    "env": "cyborg",
    "env_args": {"scenario": "dial_2_subnets", "backend": "native", "detection_rate": 0.5},
    "host": "builtin",
    "seed": 3,
    "n_bits": 1,
    "lr": 0.0005,
}
METRICS = ("return_mean", "loss")


def utc_now() -> datetime:
    return datetime.now(timezone.utc).replace(tzinfo=None)


class RecordedRun:
    """A run whose record grows when a test says so."""

    def __init__(
        self, results: Path, resume: RunFolder | None = None, remote: str | None = None
    ) -> None:
        self._observer = RunFolderObserver(str(results), resume)
        source = {"name": "acd", "base_dir": str(results), "sources": [], "dependencies": []}
        known = {"url": remote, "commit": "0" * 40, "dirty": False}
        repositories = [known] if remote else []
        self._observer.started_event(
            {**source, "repositories": repositories, "mainfile": "main.py"},
            "train",
            {"hostname": "here", "cpu": "some", "python_version": "3.11"},
            utc_now(),
            CONFIG,
            {"comment": "a note"},
            None,
        )
        self.folder: RunFolder = self._observer.folder

    def log(self, first: int, last: int, output: str = "") -> None:
        """Record the points of steps ``first`` to ``last`` and a heartbeat."""
        steps = list(range(first, last))
        times = [utc_now() for _ in steps]
        values = {
            name: [step + 0.5 * number for step in steps] for number, name in enumerate(METRICS)
        }
        self._observer.log_metrics(
            {
                name: {"values": values[name], "steps": steps, "timestamps": times}
                for name in METRICS
            },
            {},
        )
        self._observer.heartbeat_event({}, output, utc_now(), None)

    def complete(self, result: float = 1.5) -> None:
        self._observer.heartbeat_event({}, "the end", utc_now(), result)
        self._observer.completed_event(utc_now(), result)


@pytest.fixture
def run(tmp_path: Path) -> RecordedRun:
    """A finished run of 10 points in each of two metrics."""
    run = RecordedRun(tmp_path / "results")
    run.log(0, 10)
    run.complete()
    return run


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer() as server:
        yield server


@pytest.fixture(params=["wire protocol", "real server"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of an empty database."""
    if request.param == "wire protocol":
        with WireServer() as server:
            yield server.url
        return
    real = os.environ.get("ACD_TEST_MONGO_URL")
    if not real:
        pytest.skip("ACD_TEST_MONGO_URL names no MongoDB")
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(real)
    base, _, options = real.partition("?")
    name = f"acd_test_{uuid.uuid4().hex[:12]}"
    yield f"{base.rstrip('/')}/{name}" + (f"?{options}" if options else "")
    client.drop_database(name)
    client.close()


class Stored:
    """What a database holds, in a form that can be compared."""

    def __init__(self, url: str) -> None:
        self.client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(url)
        self.database = self.client.get_default_database()

    def runs(self) -> list[dict[str, Any]]:
        return list(self.database.runs.find({}, sort=[("_id", 1)]))

    def points(self, run_id: int) -> dict[str, list[tuple[int, float]]]:
        """The points of a run by metric, found as Omniboard finds them."""
        run = self.database.runs.find_one({"_id": run_id})
        assert run is not None
        found = {}
        for entry in run["info"]["metrics"]:
            (series,) = [
                document
                for document in self.database.metrics.find({"run_id": run_id})
                if str(document["_id"]) == entry["id"]
            ]
            assert series["name"] == entry["name"]
            assert len(series["steps"]) == len(series["values"]) == len(series["timestamps"])
            found[entry["name"]] = list(zip(series["steps"], series["values"], strict=True))
        assert self.database.metrics.count_documents({"run_id": run_id}) == len(found)
        return found


def expected_points(count: int) -> dict[str, list[tuple[int, float]]]:
    """What `RecordedRun.log` records for the steps from 0 to ``count``."""
    return {
        name: [(step, step + 0.5 * number) for step in range(count)]
        for number, name in enumerate(METRICS)
    }
