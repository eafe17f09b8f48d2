"""Runs that are also recorded in MongoDB, live and afterwards."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from acd_plugin.tracking.trackers.mongo.mirror import Mirror
from testbed.mongo_server import WireServer
from tests.cli.conftest import EPOCH, TINY_RUN, Call, numbers, run_json
from tests.tracking.trackers.mongo.conftest import Stored


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer() as server:
        yield server


@pytest.fixture
def train_into(call: Call) -> Call:
    """Return a function that trains two epochs with these options."""

    def run(*options: str) -> object:
        words = ["--config=dial", "--env-config=cyborg_small", *options, "with", *TINY_RUN]
        return call(*words, f"t_max={2 * EPOCH}", "test_interval=1")

    return run  # type: ignore[return-value]


def test_a_run_is_recorded_in_both_places(
    train_into: Call, results: Path, server: WireServer
) -> None:
    options = ["--tag=baseline", "--tag=small", "--note=first try"]
    outcome = train_into(f"--mongo={server.url}", *options)
    assert outcome.code == 0, outcome.err
    (run,) = Stored(server.url).runs()
    assert run["status"] == "COMPLETED"
    assert run["result"] == run_json(results / "1")["result"]
    assert run["config"]["tags"] == ["baseline", "small"]
    assert run["meta"]["comment"] == "first try"
    assert "run folder: results/1" in run["captured_out"]
    files = [entry["name"] for entry in run["artifacts"]]
    assert files == ["checkpoints.json", "learning_curve.png"]
    stored = Stored(server.url).points(1)
    stored.pop("steps_per_second", None)
    points = [(name, step, value) for name, series in stored.items() for step, value in series]
    assert sorted(points) == numbers(results / "1")


def test_seeds_that_are_trained_together_are_each_copied(
    call: Call, results: Path, server: WireServer
) -> None:
    words = [f"--mongo={server.url}", "with", "seed=0..1", "seeds_at_once=2", *TINY_RUN]
    outcome = call("--config=dial", "--env-config=cyborg_small", *words, f"t_max={2 * EPOCH}")
    assert outcome.code == 0, outcome.err
    stored = Stored(server.url)
    runs = {run["config"]["seed"]: run for run in stored.runs()}
    assert sorted(runs) == [0, 1]
    for seed, run in runs.items():
        assert run["status"] == "COMPLETED"
        assert run["captured_out"].startswith("trained together with others on cpu, seeds 0, 1\n")
        points = stored.points(run["_id"])
        points.pop("steps_per_second", None)
        flat = [(name, step, value) for name, series in points.items() for step, value in series]
        assert sorted(flat) == numbers(results / str(seed + 1))


def test_without_a_server_training_goes_on_and_sync_catches_up(
    train_into: Call, call: Call, results: Path, server: WireServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.stop()
    url = f"{server.url}?serverSelectionTimeoutMS=100"
    hasty = functools.partial(Mirror, grace=3.0)
    monkeypatch.setattr("acd_plugin.running.recorded_run.Mirror", hasty)
    outcome = train_into(f"--mongo={url}")
    assert outcome.code == 0
    assert outcome.err.count("does not answer; training goes on") == 1
    assert f"copy it later with: python main.py sync {Path('results/1')} --mongo=URL" in outcome.err
    unreached = call("sync", f"--mongo={url}")
    assert unreached.code == 2
    assert "does not answer; what was copied so far stays there" in unreached.err
    for thread in threading.enumerate():
        if thread.name == "mongo-mirror":  # it would end with the run's process
            thread.join()
    server.start()
    monkeypatch.setenv("ACD_MONGO_URL", server.url)
    assert "1 new, 0 updated, 0 unchanged" in call("sync").out
    assert "0 new, 0 updated, 1 unchanged" in call("sync", "1").out
    assert Stored(server.url).runs()[0]["status"] == "COMPLETED"
    assert (results / "1" / "key").read_text() == Stored(server.url).runs()[0]["sync_key"]


def test_a_password_is_recorded_nowhere(
    train_into: Call, call: Call, results: Path, server: WireServer
) -> None:
    url = f"mongodb://me:hunt%40r2@127.0.0.1:{server.port}/sacred"
    refused = call("sync", f"--mongo={url}", "--results=none")
    outcome = train_into(f"--mongo={url}")
    assert outcome.code == 0
    assert "mongodb://me:***@127.0.0.1" in outcome.err
    assert "refuses this user name or password; training goes on" in outcome.err
    everything = [path.read_bytes() for path in results.rglob("*") if path.is_file()]
    everything += [text.encode() for text in (outcome.out, outcome.err, refused.err)]
    assert not [content for content in everything if b"hunt" in content]


def test_a_url_in_the_configuration_is_used_and_not_recorded(
    call: Call, results: Path, server: WireServer
) -> None:
    words = ["--config=dial", "--env-config=cyborg_small", "with", *TINY_RUN, f"t_max={EPOCH}"]
    assert call(*words, f"mongo_url={server.url}").code == 0
    assert len(Stored(server.url).runs()) == 1
    assert server.url not in (results / "1" / "config.json").read_text()


def test_damaged_runs_do_not_stop_the_others(
    train_into: Call, call: Call, results: Path, server: WireServer
) -> None:
    for _ in range(2):
        assert train_into().code == 0
    (results / "1" / "run.json").write_text("{")
    with (results / "2" / "metrics.jsonl").open("a") as file:
        file.write("nonsense\n")
    outcome = call("sync", f"--mongo={server.url}")
    assert outcome.code == 2
    assert "1 new" in outcome.out
    problems = outcome.err.strip().splitlines()
    assert len(problems) == 2
    assert problems[0].startswith("error: results/1/run.json: cannot be read")
    assert problems[1].startswith("error: results/2/metrics.jsonl: 1 lines cannot be read")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["sync"], "sync needs a database or a tracker: give --mongo=URL (or set ACD_MONGO_URL), "),
        (["sync", "--tracker=wandbb"], "unknown tracker 'wandbb'; did you mean 'wandb'?"),
        (["sync", "--mongo=localhost"], "not a MongoDB URL; write it like mongodb://user:passw"),
        (["sync", "--mongo=mongodb://localhost", "--results=none"], "no runs in 'none'"),
        (["sync", "7", "--mongo=mongodb://localhost"], "no run '7' (runs in results: none"),
    ],
)
def test_bad_input_is_one_line(
    call: Call, monkeypatch: pytest.MonkeyPatch, words: list[str], message: str
) -> None:
    monkeypatch.delenv("ACD_MONGO_URL", raising=False)
    outcome = call(*words)
    assert outcome.code == 2
    assert message in outcome.err
    assert outcome.err.count("\n") == 1
