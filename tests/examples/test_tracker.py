"""A tracker of one's own gets what the run records, and changes nothing that is learned."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from acd_plugin.analysis.runs.groups import grouped
from acd_plugin.analysis.runs.run_record import read_records
from acd_plugin.running.recorded_run import Records
from acd_plugin.running.train import resume
from tests.cli.conftest import EPOCH, Call, call, numbers, results, train

__all__ = ["call", "results", "train"]  # fixtures
FOLDER = Path(__file__).resolve().parents[2] / "examples" / "tracker"


def test_a_tracker_of_ones_own(train: Call, results: Path) -> None:
    assert train(2, config=str(FOLDER / "table.yaml")).code == 0
    assert train(2, "seed=1").code == 0
    with (results / "1" / "table.csv").open() as file:
        rows = list(csv.reader(file))
    assert {seed for seed, *_ in rows} == {"0"}
    told = sorted((name, int(step), float(value)) for _, step, name, value in rows)
    assert [row for row in told if row[0] != "steps_per_second"] == numbers(results / "1")
    records, _ = read_records(results)
    assert list(map(len, grouped(records).values())) == [2]
    assert json.loads((results / "1" / "config.json").read_text())["trackers"] == ["table"]
    assert not (results / "2" / "table.csv").exists()


def test_a_run_that_goes_on_is_tracked_further(train: Call, results: Path) -> None:
    train(2, config=str(FOLDER / "table.yaml"))
    resume("1", "results", Records(), {"t_max": 3 * EPOCH}, [str(FOLDER / "table.py")])
    with (results / "1" / "table.csv").open() as file:
        steps = [int(row[1]) for row in csv.reader(file) if row[2] == "loss"]
    assert steps == [EPOCH, 2 * EPOCH, 3 * EPOCH]
