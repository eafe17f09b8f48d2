"""Copies of run folders: Sacred's schema, complete, and the same however often they are made."""

from __future__ import annotations

import json
import shutil
import threading
from datetime import datetime
from pathlib import Path

import pytest
from bson import ObjectId
from gridfs import GridFS

from acd_plugin.errors import UserError
from acd_plugin.tracking.metric_file import drop_metrics_after
from acd_plugin.tracking.run_folder import RunFolder
from acd_plugin.tracking.trackers.mongo import metric_lines, metrics, run_documents
from acd_plugin.tracking.trackers.mongo.address import parse_address
from acd_plugin.tracking.trackers.mongo.copier import Change, RunCopier, RunStore
from tests.tracking.trackers.mongo.conftest import METRICS, RecordedRun, Stored, expected_points


def copy(folder: RunFolder, url: str) -> Change:
    store = RunStore(parse_address(url))
    try:
        return RunCopier(folder, store).copy()
    finally:
        store.close()


def test_a_run_arrives_in_sacreds_schema_and_fit_for_omniboard(run: RecordedRun, url: str) -> None:
    assert copy(run.folder, url) is Change.NEW
    (stored,) = Stored(url).runs()
    assert stored["_id"] == 1
    assert (stored["status"], stored["result"]) == ("COMPLETED", 1.5)
    assert all(isinstance(stored[name], datetime) for name in run_documents._DATES)
    assert stored["captured_out"] == "the end"
    assert stored["meta"]["comment"] == "a note"
    columns: dict[str, object] = {
        **{"algorithm": "dial", "environment": "cyborg_small", "backend": "native"},
        **{"detection_rate": 0.5, "analyse_mode": None, "n_bits": 1, "seed": 3, "tags": []},
    }
    assert {name: stored["config"][name] for name in columns} == columns
    assert Stored(url).points(1) == expected_points(10)


def test_a_second_copy_changes_nothing(run: RecordedRun, url: str) -> None:
    copy(run.folder, url)
    before = Stored(url).runs()
    assert copy(run.folder, url) is Change.UNCHANGED
    assert Stored(url).runs() == before
    assert Stored(url).points(1) == expected_points(10)


def test_a_clock_that_is_set_back_keeps_nothing_from_being_copied(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = RecordedRun(tmp_path)
    run.log(0, 5)
    copy(run.folder, url)
    older = tmp_path / "older"
    shutil.copytree(run.folder.path, older)
    long_ago = datetime(2001, 1, 1)
    monkeypatch.setattr("tests.tracking.trackers.mongo.conftest.utc_now", lambda: long_ago)
    went_on = RecordedRun(tmp_path, run.folder)
    went_on.log(5, 9)
    went_on.complete()
    assert copy(run.folder, url) is Change.UPDATED
    assert copy(RunFolder(older), url) is Change.NEWER_THERE
    (stored,) = Stored(url).runs()
    assert (stored["status"], stored["heartbeat"]) == ("COMPLETED", long_ago)
    assert {name: len(points) for name, points in Stored(url).points(1).items()} == dict.fromkeys(
        METRICS, 9
    )


@pytest.mark.parametrize("lost", ["fs.chunks", "fs.files"])
def test_files_that_were_lost_are_copied_again(run: RecordedRun, url: str, lost: str) -> None:
    run.folder.evaluations.write_text('{"return_mean": -1.0}\n')
    copy(run.folder, url)
    Stored(url).database[lost].delete_many({})
    assert copy(run.folder, url) is Change.UPDATED
    (stored,) = Stored(url).runs()
    (entry,) = stored["artifacts"]
    assert GridFS(Stored(url).database).get(entry["file_id"]).read() == (
        run.folder.evaluations.read_bytes()
    )
    assert copy(run.folder, url) is Change.UNCHANGED


def test_a_growing_run_is_appended_to(tmp_path: Path, url: str) -> None:
    run = RecordedRun(tmp_path)
    copier = RunCopier(run.folder, RunStore(parse_address(url)))
    for first, last in ((0, 5), (5, 6), (6, 30)):
        run.log(first, last)
        copier.copy()
        assert Stored(url).points(1) == expected_points(last)
    assert Stored(url).runs()[0]["status"] == "RUNNING"


def test_who_has_read_less_does_not_write_over_who_was_faster(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow copy of a run that goes on, and one of its end that is made meanwhile."""
    run = RecordedRun(tmp_path)
    run.log(0, 5)
    slow = RunCopier(run.folder, RunStore(parse_address(url)))
    copy_metrics = slow._metrics.copy

    def copy_metrics_slowly(run_id: int, is_new: bool) -> object:
        found = copy_metrics(run_id, is_new)
        run.complete()
        assert copy(run.folder, url) is Change.UPDATED
        return found

    monkeypatch.setattr(slow._metrics, "copy", copy_metrics_slowly)
    assert slow.copy() is Change.NEWER_THERE
    (stored,) = Stored(url).runs()
    assert (stored["status"], stored["captured_out"]) == ("COMPLETED", "the end")
    assert Stored(url).points(1) == expected_points(5)


def test_a_run_that_went_on_from_a_checkpoint_loses_what_was_undone(
    tmp_path: Path, url: str
) -> None:
    run = RecordedRun(tmp_path)
    run.log(0, 20)
    copier = RunCopier(run.folder, RunStore(parse_address(url)))
    copier.copy()
    drop_metrics_after(run.folder, 7)
    again = RecordedRun(tmp_path, run.folder)
    again.log(8, 25)
    assert copier.copy() is Change.UPDATED
    assert Stored(url).points(1) == expected_points(25)
    drop_metrics_after(run.folder, 3)
    again.log(4, 5)
    assert copy(run.folder, url) is Change.UPDATED  # by somebody who saw nothing of that
    assert Stored(url).points(1) == expected_points(5)


def test_long_metrics_are_split(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_PART", 10)
    monkeypatch.setattr(metric_lines, "_LINES_AT_ONCE", 7)
    run = RecordedRun(tmp_path)
    copier = RunCopier(run.folder, RunStore(parse_address(url)))
    for first, last in ((0, 4), (4, 27), (27, 30), (30, 31)):
        run.log(first, last)
        copier.copy()
        assert copy(run.folder, url) is Change.UNCHANGED
    points = Stored(url).points(1)
    parts = [points[name] for name in ("loss", "loss (part 2)", "loss (part 3)", "loss (part 4)")]
    assert [len(part) for part in parts] == [10, 10, 10, 1]
    assert [point for part in parts for point in part] == expected_points(31)["loss"]


def test_what_cannot_be_read_or_drawn_is_left_out(run: RecordedRun, url: str) -> None:
    with run.folder.metrics.open("a") as file:
        file.write('{"name": "loss", "step": 10, "value": NaN, "time": "2026-01-01T00:00:00"}\n')
        file.write('{"name": "loss", "st\n\x00\n')
        file.write('{"name": "loss", "step": 11, "value": 1, "time": "2026-01-0')  # being written
    store = RunStore(parse_address(url))
    copier = RunCopier(run.folder, store)
    copier.copy()
    assert copier.lines.unreadable == 2
    assert Stored(url).points(1) == expected_points(10)


def test_ids_follow_those_of_other_runs(run: RecordedRun, url: str) -> None:
    other = {"config": {}, "experiment": {}, "status": "COMPLETED"}
    Stored(url).database.runs.insert_many([{"_id": 41, **other}, {"_id": "a name", **other}])
    copy(run.folder, url)
    assert {run["_id"] for run in Stored(url).runs()} == {41, 42, "a name"}


def test_copies_made_at_the_same_time_are_one(run: RecordedRun, url: str) -> None:
    copiers = [RunCopier(run.folder, RunStore(parse_address(url))) for _ in range(4)]
    threads = [threading.Thread(target=copier.copy) for copier in copiers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Stored(url).runs()) == 1
    assert Stored(url).points(1) == expected_points(10)


def test_an_older_copy_of_a_folder_changes_nothing(tmp_path: Path, url: str) -> None:
    run = RecordedRun(tmp_path / "results")
    run.log(0, 5)
    older = tmp_path / "older" / "1"
    older.parent.mkdir()
    older.mkdir()
    for path in run.folder.path.iterdir():
        (older / path.name).write_bytes(path.read_bytes())
    run.log(5, 9)
    copy(run.folder, url)
    assert copy(RunFolder(older), url) is Change.NEWER_THERE
    assert Stored(url).points(1) == expected_points(9)


@pytest.mark.parametrize("collection", ["runs", "metrics"])
def test_what_was_deleted_comes_again(run: RecordedRun, url: str, collection: str) -> None:
    copier = RunCopier(run.folder, RunStore(parse_address(url)))
    copier.copy()
    Stored(url).database[collection].delete_many({})
    copier.copy()
    assert Stored(url).points(1) == expected_points(10)
    assert Stored(url).runs()[0]["status"] == "COMPLETED"


def test_files_arrive_once(run: RecordedRun, url: str) -> None:
    run.folder.evaluations.write_text('{"return_mean": -1.0}\n')
    for _ in range(2):
        copy(run.folder, url)
    stored = Stored(url)
    (entry,) = stored.runs()[0]["artifacts"]
    assert entry["name"] == "evaluations.jsonl"
    assert isinstance(entry["file_id"], ObjectId)
    chunk = stored.database["fs.chunks"].find_one({"files_id": entry["file_id"]})
    assert chunk is not None
    assert chunk["data"] == run.folder.evaluations.read_bytes()
    with run.folder.evaluations.open("a") as file:
        file.write('{"return_mean": -2.0}\n')
    assert copy(run.folder, url) is Change.UPDATED
    assert len(Stored(url).runs()[0]["artifacts"]) == 1


def test_long_output_is_cut_in_the_copy_only(
    run: RecordedRun, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_documents, "_OUTPUT_LIMIT", 5)
    path = run.folder.path / "cout.txt"
    path.write_text("0123456789")
    copy(run.folder, url)
    assert Stored(url).runs()[0]["captured_out"] == (
        f"[the last 5 of 10 bytes; all of it is in {path}]\n56789"
    )


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("run.json", None, "cannot be read (No such file or directory): restore it, or delete"),
        ("run.json", "{", "cannot be read (JSONDecodeError)"),
        ("run.json", "[1]", "must hold a JSON object, got list"),
        (
            "run.json",
            '{"heartbeat": "noon"}',
            "(Invalid isoformat string: 'noon'): 'heartbeat'",
        ),
        ("config.json", "\x00", "cannot be read (JSONDecodeError)"),
        ("info.json", "nonsense", "cannot be read (JSONDecodeError)"),
        ("key", "", "is empty: delete it, and the run gets a new key"),
    ],
)
def test_a_damaged_folder_is_one_line(
    run: RecordedRun, url: str, name: str, content: str | None, message: str
) -> None:
    path = run.folder.path / name
    path.unlink(missing_ok=True)
    if content is not None:
        path.write_text(content)
    with pytest.raises(UserError) as error:
        copy(run.folder, url)
    assert str(error.value).startswith(str(path))
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "documents", [{"orders": {"item": 1}}, {"runs": {"distance": 5}, "shoes": {"size": 43}}]
)
def test_somebody_elses_database_is_left_alone(
    run: RecordedRun, url: str, documents: dict[str, dict[str, int]]
) -> None:
    for collection, document in documents.items():
        Stored(url).database[collection].insert_one(document)
    with pytest.raises(UserError, match="this database is not Sacred's"):
        copy(run.folder, url)
    assert set(Stored(url).database.list_collection_names()) == set(documents)


def test_a_database_that_lost_its_runs_alone_is_still_sacreds(run: RecordedRun, url: str) -> None:
    copy(run.folder, url)
    Stored(url).database.drop_collection("runs")
    assert copy(run.folder, url) is Change.NEW
    assert Stored(url).points(1) == expected_points(10)


def test_a_key_is_made_once(run: RecordedRun) -> None:
    keys = {run.folder.key(), RunFolder(run.folder.path).key()}
    assert len(keys) == 1
    assert json.loads((run.folder.path / "run.json").read_text())["status"] == "COMPLETED"
