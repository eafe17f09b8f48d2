"""Whatever the server does while a run goes on, in the end it holds the run once and completely."""

from __future__ import annotations

import logging
import random
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from gridfs import GridFS

from acd_plugin.running.console import logger
from acd_plugin.tracking.trackers.mongo.address import parse_address
from acd_plugin.tracking.trackers.mongo.copier import RunCopier, RunStore
from acd_plugin.tracking.trackers.mongo.mirror import Mirror
from testbed.mongo_server import WireServer
from tests.slow import slow
from tests.tracking.trackers.mongo.conftest import RecordedRun, Stored, expected_points

QUICK = "?serverSelectionTimeoutMS=150&connectTimeoutMS=150&socketTimeoutMS=150"
PATIENT = "?socketTimeoutMS=60000"  # of a server in this process, on a machine that is busy
FAULTS = ("ok", "freeze", "slow", "reset", "deaf", "error", "auth", "refuse", "empty", "forgetful")
SEQUENCES = 1000
AT_ONCE = 10  # sequences that are played side by side: they wait most of the time
STEPS = 6
EVALUATION = '{"return_mean": -1.0}\n'


def disturb(server: WireServer, fault: str) -> None:
    """Put the server into the state that the fault names."""
    if fault == "refuse":
        server.stop()
        return
    if fault == "empty":
        server.empty()
    if fault == "forgetful":  # of what is in files
        server.empty("fs.chunks")
    server.mode = "ok" if fault in ("empty", "forgetful") else fault
    server.start_again()


def assert_complete(server: WireServer, points: int, status: str = "COMPLETED") -> None:
    stored = Stored(server.url)
    (run,) = stored.runs()
    assert (run["status"], run["captured_out"]) == (status, "the end")
    assert stored.points(run["_id"]) == expected_points(points)
    (entry,) = run["artifacts"]
    assert entry["name"] == "evaluations.jsonl"
    assert GridFS(stored.database).get(entry["file_id"]).read() == EVALUATION.encode()
    stored.client.close()


@pytest.mark.parametrize("first", [0, *slow(range(AT_ONCE, SEQUENCES, AT_ONCE))])
def test_nothing_is_lost_and_nothing_doubled(tmp_path: Path, first: int) -> None:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        numbers = range(first, first + AT_ONCE)
        sequences = {n: threads.submit(play_sequence, tmp_path / str(n), n) for n in numbers}
    failed = {seed: one.exception() for seed, one in sequences.items() if one.exception()}
    assert not failed


def play_sequence(place: Path, seed: int) -> None:
    """Record a run while its server does what the seed says; fails unless all arrives."""
    with WireServer() as server:
        play(server, place, random.Random(seed))


def play(server: WireServer, place: Path, chance: random.Random) -> None:
    run = RecordedRun(place)
    comes_back = chance.random() < 0.5
    grace = 20.0 if comes_back else 0.0
    mirror = Mirror(run.folder, parse_address(server.url + QUICK), interval=0.01, grace=grace)
    disturb(server, chance.choice(FAULTS))
    mirror.start()
    for step in range(STEPS):
        run.log(step * 10, step * 10 + 10)
        time.sleep(chance.uniform(0.0, 0.08))
        disturb(server, chance.choice(FAULTS))
    run.folder.evaluations.write_text(EVALUATION)
    run.complete()
    if comes_back:
        disturb(server, "ok")
        mirror.close()
    else:  # the run ends before the server comes back, and is copied later
        mirror.close()
        disturb(server, "ok")
        store = RunStore(parse_address(server.url + PATIENT))
        RunCopier(run.folder, store).copy()
        store.close()
    assert_complete(server, STEPS * 10)


class Messages(logging.Handler):
    """Keeps what the console would show."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    handler = Messages()
    monkeypatch.setattr(logger, "handlers", [handler])
    monkeypatch.setattr(logger, "propagate", False)
    return handler.texts


@pytest.mark.parametrize("fault", ["freeze", "refuse", "reset", "error", "auth"])
def test_a_server_that_never_works_costs_no_more_than_the_grace(
    server: WireServer, tmp_path: Path, fault: str, told: list[str]
) -> None:
    run = RecordedRun(tmp_path)
    disturb(server, fault)
    mirror = Mirror(run.folder, parse_address(server.url + QUICK), interval=0.01, grace=0.5)
    mirror.start()
    for step in range(3):
        run.log(step, step + 1)
        time.sleep(0.15)
    run.complete()
    mirror.close()
    assert len([line for line in told if "training goes on" in line]) == 1
    assert "does not have all of this run; copy it later with" in told[-1]
    assert f"sync {run.folder.path}" in told[-1]


def test_the_console_says_once_that_it_is_gone_and_once_that_it_is_back(
    server: WireServer, tmp_path: Path, told: list[str]
) -> None:
    run = RecordedRun(tmp_path)
    run.log(0, 5)
    mirror = Mirror(run.folder, parse_address(server.url + QUICK), interval=0.01, grace=20.0)
    mirror.start()
    for _ in range(2):
        disturb(server, "refuse")
        run.log(0, 0)
        time.sleep(0.4)
        disturb(server, "ok")
        time.sleep(0.8)
    run.complete()
    mirror.close()
    assert [line.split(": ")[0].split("; ")[-1] for line in told if "is back" in line] == [
        f"{server.url} is back"
    ]
    assert len([line for line in told if "training goes on" in line]) == 1
