"""Run folders that were damaged, altered or made by somebody else: named, and the others read.

Each case is a seed, and many lie in one folder beside a run that is whole; ``--all`` runs 2,000.
"""

from __future__ import annotations

import io
import json
import random
import shutil
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from acd_plugin.cli.main import main
from testbed.mongo_server import WireServer
from tests.altered import altered_json, altered_lines, in_time, replace
from tests.cli.conftest import EPOCH, TINY_RUN, do_in
from tests.slow import slow
from tests.tracking.trackers.mongo.conftest import Stored

CASES = 50  # of one test
SECRET = "nobody-shall-read-this"
JSON = ("run.json", "config.json", "communication.json", "checkpoints.json")
LINES = ("metrics.jsonl", "evaluations.jsonl")
FILES = (*JSON, *LINES, "key", "cout.txt", "info.json", "checkpoints")
WHOLE = "1"  # the run that is not altered


def output_of(*words: str) -> tuple[int, str]:
    output = io.StringIO()
    with redirect_stdout(output), redirect_stderr(output), in_time():
        code = main(list(words))
    return code, output.getvalue()


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run that was evaluated, and whose messages were examined."""
    folder = tmp_path_factory.mktemp("originals")
    place = [
        *TINY_RUN,
        f"local_results_path={folder / 'results'}",
        f"t_max={2 * EPOCH}",
        "test_interval=1",
    ]
    return do_in(
        folder,
        ["--config=dial", "--env-config=cyborg_small", "with", *place],
        *([command, WHOLE, "--episodes=8"] for command in ("evaluate", "communication")),
    )


@pytest.fixture(scope="module")
def server() -> Iterator[WireServer]:
    with WireServer() as server:
        yield server


def alter(folder: Path, rng: random.Random, secret: Path) -> None:
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        path = folder / rng.choice(FILES)
        is_text = path.name in (*JSON, *LINES) and path.is_file() and not path.is_symlink()
        if not is_text or path.stat().st_size > 2**20 or rng.random() < 0.2:
            replace(path, rng, secret)
            continue
        change = altered_json if path.name in JSON else altered_lines
        try:
            text = change(path.read_text(errors="surrogateescape"), rng)
        except (ValueError, RecursionError):  # it was altered before
            continue
        path.write_bytes(text.encode(errors="surrogateescape"))
    if rng.random() < 0.3:
        name_secrets(folder, rng, secret)


def name_secrets(folder: Path, rng: random.Random, secret: Path) -> None:
    """Let a run list files of this machine as its own."""
    (folder / "linked").symlink_to(secret.parent)
    path = folder / "run.json"
    if not path.is_file() or path.stat().st_size > 2**20:  # it was altered before
        return
    names = [str(secret), f"linked/{secret.name}", f"../../{secret.name}", "\0", "x" * 5000]
    sources = [f"../{secret.name}", str(secret), "_sources/linked.py", "_sources/../1/run.json"]
    try:
        run = json.loads(path.read_text())
        run["artifacts"] = rng.sample(names, 2)
        run["experiment"]["sources"] = [["a.py", name] for name in rng.sample(sources, 2)]
    except (OSError, ValueError, TypeError, KeyError):
        return
    path.write_text(json.dumps(run))


@pytest.mark.parametrize("first", [*range(0, 100, CASES), *slow(range(100, 2000, CASES))])
def test_altered_runs(
    original: Path,
    server: WireServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    first: int,
) -> None:
    monkeypatch.chdir(tmp_path)
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    shutil.copytree(original, "results")
    Path("results/_sources/linked.py").symlink_to(secret)
    for seed in range(first, first + CASES):
        folder = Path(f"results/{seed + 2}")
        shutil.copytree(original / WHOLE, folder)
        (folder / "key").write_text(f"{seed:032x}")
        alter(folder, random.Random(seed), secret)
    url = f"{server.url.rpartition('/')[0]}/cases_{first}"
    told = ""
    for words, wanted in commands(first, url):
        code, output = output_of(*words)
        assert code in (0, 2), (words, output)
        assert wanted in output, (words, output)
        output.encode()  # whatever was in the names
        told += output
    assert SECRET not in told
    check_copies(url)


def commands(first: int, url: str) -> Iterator[tuple[list[str], str]]:
    """Yield commands, and what shows that the run that was not altered was read."""
    yield ["runs"], f"\n{WHOLE} "
    yield ["sync", f"--mongo={url}"], ""
    yield ["publish", "results", "kept"], " runs copied to kept"
    yield ["publish", "results", "kept.tar.xz"], " runs copied to kept.tar.xz"
    yield ["runs", "--results=kept.tar.xz"], " runs in kept.tar.xz"
    yield ["report", "results", "--out=report"], ": report/report.html"
    yield ["compare", WHOLE, *(str(first + n) for n in range(2, 12)), "--out=a.html"], "written: "
    for seed in range(first, first + CASES):
        yield ["show", str(seed + 2)], ""
    for seed in range(first, first + CASES, 10):
        yield ["evaluate", str(seed + 2), "--episodes=2"], ""
    yield ["resume", str(first + 2), "with", f"t_max={3 * EPOCH}"], ""
    yield ["evaluate", WHOLE, "--episodes=2"], "2 greedy games"


def check_copies(url: str) -> None:
    """The run that was not altered is in the copies and in the database, and no secret is."""
    for place in ("kept", "report", "results"):
        for path in Path(place).rglob("*"):
            if path.is_file() and not path.is_symlink() and path.stat().st_size < 2**30:
                assert SECRET.encode() not in path.read_bytes(), path
    key = (Path("results") / WHOLE / "key").read_text()
    assert key in [path.read_text() for path in Path("kept").glob("*/key")]
    database = Stored(url).database
    assert key in {run["sync_key"] for run in database.runs.find({})}
    sent = [*database.runs.find({}), *database["fs.chunks"].find({}), *database.metrics.find({})]
    assert SECRET not in repr(sent)
