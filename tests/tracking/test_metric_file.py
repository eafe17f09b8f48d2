"""Metrics are read line by line, whatever is among the lines, and rewritten without loss."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path
from typing import Any

import pytest

from acd_plugin.errors import UserError
from acd_plugin.tracking import metric_file
from acd_plugin.tracking.metric_export import export
from acd_plugin.tracking.metric_file import (
    Point,
    drop_metrics_after,
    iterate_metrics,
    last_step,
    parse_point,
    read_metrics,
)
from acd_plugin.tracking.run_folder import RunFolder

TIME = "2026-01-01T00:00:00"
NAMES = ("loss", "test_return_mean", 'a "quoted" name', "größe")


def points(count: int) -> list[Point]:
    return [
        Point(name=NAMES[n % 4], step=n // 4 * 10, value=n / 7, time=TIME) for n in range(count)
    ]


def written(folder: Path, lines: list[str], end: str = "\n") -> RunFolder:
    (folder / "metrics.jsonl").write_text("\n".join(lines) + end)
    return RunFolder(folder)


@pytest.mark.parametrize("portion", [1, 7, 64, 2**20])
def test_every_whole_line_is_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, portion: int
) -> None:
    monkeypatch.setattr(metric_file, "_PORTION", portion)
    rng = random.Random(1)
    lines = [json.dumps(point) for point in points(40)]
    for damaged in (
        '{"name": "loss", "st',
        "",
        "\x00\x00",
        "[]",
        "x" * 9000,
        '"loss"',
        '{"a": "loss"}',
    ):
        lines.insert(rng.randrange(len(lines)), damaged)
    folder = written(tmp_path, lines, end="")
    assert read_metrics(folder) == points(40)
    for name in NAMES:
        assert read_metrics(folder, name) == [p for p in points(40) if p["name"] == name]
    assert read_metrics(folder, "los") == []


@pytest.mark.parametrize(
    "changes",
    [
        {"step": -1},
        {"step": 1.5},
        {"step": 2**63},
        {"step": "1"},
        {"step": None},
        {"step": float("inf")},
        {"value": "1.0"},
        {"value": None},
        {"value": [1]},
        {"value": 10**400},
        {"name": 1},
        {"name": "\ud800"},
        {"name": "\x1b[31m"},
        {"time": 1},
    ],
)
def test_a_line_that_is_no_number_is_damaged(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_point(json.dumps({**points(1)[0], **changes}).encode())


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 1e200])
def test_a_number_that_cannot_be_averaged_is_none(value: float) -> None:
    assert parse_point(json.dumps({**points(1)[0], "value": value}).encode()) is None


def test_the_last_step_is_found_at_the_end(tmp_path: Path) -> None:
    lines = [json.dumps(point) for point in points(4000)]
    folder = written(tmp_path, [*lines, '{"name": "loss", "st'], end="")
    assert last_step(folder) == 9990
    assert last_step(RunFolder(tmp_path / "nowhere")) is None


def test_what_came_after_a_checkpoint_is_dropped(tmp_path: Path) -> None:
    lines = [json.dumps(point) for point in points(40)]
    folder = written(tmp_path, [*lines, '{"name": "loss", "st'], end="")
    drop_metrics_after(folder, 30)
    assert read_metrics(folder) == [point for point in points(40) if point["step"] <= 30]
    assert [path.name for path in tmp_path.iterdir()] == ["metrics.jsonl"]


def test_a_file_of_which_nothing_is_dropped_stays_as_it_is(tmp_path: Path) -> None:
    folder = written(tmp_path, [json.dumps(point) for point in points(40)])
    before = folder.metrics.stat()
    drop_metrics_after(folder, 90)
    assert folder.metrics.stat() == before
    drop_metrics_after(folder, 89)
    assert len(read_metrics(folder)) == 36
    assert folder.metrics.stat().st_ino != before.st_ino


def test_the_export_is_sacreds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acd_plugin.tracking.metric_export._AT_ONCE", 3)
    folder = written(tmp_path, [json.dumps(point) for point in points(30)])
    series: dict[str, dict[str, list[object]]] = {}
    for point in points(30):
        columns = series.setdefault(point["name"], {"steps": [], "values": [], "timestamps": []})
        columns["steps"].append(point["step"])
        columns["values"].append(point["value"])
        columns["timestamps"].append(point["time"])
    for place, content in ((folder, series), (RunFolder(tmp_path / "nowhere"), {})):
        file = io.BytesIO()
        export(place, file)
        assert json.loads(file.getvalue()) == content


def test_something_else_in_its_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "metrics.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UserError, match=r"metrics.jsonl: cannot be read \(is a link"):
        list(iterate_metrics(RunFolder(tmp_path)))
