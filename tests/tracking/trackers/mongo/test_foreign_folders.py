"""A foreign run folder is copied as far as it is one, and reads nothing of this machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from acd_plugin.cli.main import main
from acd_plugin.errors import UserError
from acd_plugin.tracking.trackers.mongo.address import parse_address
from acd_plugin.tracking.trackers.mongo.copier import RunCopier, RunStore
from tests.tracking.trackers.mongo.conftest import RecordedRun, Stored, expected_points, server, url

__all__ = ["server", "url"]  # fixtures

SECRET = "of this machine"


def change(run: RecordedRun, **fields: Any) -> None:
    path = run.folder.path / "run.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def sent(url: str) -> str:
    database = Stored(url).database
    return repr([*database.runs.find({}), *database["fs.chunks"].find({})])


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_text(SECRET)
    return path


@pytest.mark.parametrize(
    "name", ["/{secret}", "../../secret", "inside/../../../secret", "linked/secret", "link"]
)
def test_what_leads_out_of_the_folder_is_not_sent(
    run: RecordedRun, url: str, secret: Path, name: str
) -> None:
    folder = run.folder.path
    (folder / "inside").mkdir()
    (folder / "linked").symlink_to(secret.parent)
    (folder / "link").symlink_to(secret)
    (folder / "inside" / "own").write_text("its own")
    name = name.format(secret=str(secret)[1:])
    change(run, artifacts=[name, "inside/own", {"name": "missing"}])
    copier = RunCopier(run.folder, RunStore(parse_address(url)))
    copier.copy()
    assert copier.left_out == [name]
    assert [entry["name"] for entry in Stored(url).runs()[0]["artifacts"]] == ["inside/own"]
    assert SECRET not in sent(url)


@pytest.mark.parametrize(
    "stored", ["{secret}", "../secret", "_sources/../1/run.json", "_sources/link.py", "1/run.json"]
)
def test_sources_lie_beside_the_runs(run: RecordedRun, url: str, secret: Path, stored: str) -> None:
    sources = run.folder.path.parent / "_sources"
    sources.mkdir()
    (sources / "own.py").write_text("its own")
    (sources / "link.py").symlink_to(secret)
    stored = stored.format(secret=secret)
    listed = [["a.py", stored], ["own.py", "_sources/own.py"]]
    change(run, experiment={"name": "acd", "sources": listed})
    copier = RunCopier(run.folder, RunStore(parse_address(url)))
    copier.copy()
    assert copier.left_out == [stored]
    assert [name for name, _ in Stored(url).runs()[0]["experiment"]["sources"]] == ["own.py"]
    assert SECRET not in sent(url)


@pytest.mark.parametrize("name", ["cout.txt", "evaluations.jsonl", "checkpoints.json"])
def test_links_in_the_place_of_its_files_are_not_followed(
    run: RecordedRun, url: str, secret: Path, name: str
) -> None:
    (run.folder.path / name).unlink(missing_ok=True)
    (run.folder.path / name).symlink_to(secret)
    RunCopier(run.folder, RunStore(parse_address(url))).copy()
    assert Stored(url).points(1) == expected_points(10)
    assert SECRET not in sent(url)


@pytest.mark.parametrize("name", ["key", "run.json", "config.json", "info.json", "metrics.jsonl"])
def test_a_run_whose_record_is_a_link_is_refused(
    run: RecordedRun, url: str, secret: Path, name: str
) -> None:
    (run.folder.path / name).unlink(missing_ok=True)
    (run.folder.path / name).symlink_to(secret)
    with pytest.raises(UserError, match=name):
        RunCopier(run.folder, RunStore(parse_address(url))).copy()
    assert SECRET not in sent(url)


@pytest.mark.parametrize(
    "config", [{"t_max": 10**20}, {"a\0b": 1}, {"lr": float("inf")}, {"x": "\ud800"}, {"seed": []}]
)
def test_a_run_that_cannot_be_stored_stops_no_other(
    tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str], config: dict[str, Any]
) -> None:
    runs = [RecordedRun(tmp_path / "results") for _ in range(3)]
    for run in runs:
        run.log(0, 2)
        run.complete()
    path = runs[1].folder.path / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **config}))
    assert main(["sync", f"--results={tmp_path / 'results'}", f"--mongo={url}"]) == 2
    told = capsys.readouterr()
    assert "2 new" in told.out
    (line,) = [line for line in told.err.splitlines() if line.startswith("error: ")]
    assert str(runs[1].folder) in line


def test_what_is_left_out_is_told_once(
    run: RecordedRun, url: str, secret: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(run, artifacts=[str(secret), "../../secret"])
    assert main(["sync", f"--results={run.folder.path.parent}", f"--mongo={url}"]) == 2
    told = capsys.readouterr()
    assert "1 new" in told.out
    assert told.err.count("secret") == 1
    assert "and 1 more: no file of its folder, or a link: not copied; all else was" in told.err
