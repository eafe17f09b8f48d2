"""What a run's folder says about it, and when it says nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from acd_plugin.analysis.runs.run_record import read_record, read_records
from acd_plugin.errors import UserError
from tests.analysis.conftest import COMMAND, Make


def test_a_record_has_what_a_table_needs(make: Make) -> None:
    run = make([-3.0, -1.0], seed=4, name="qmix", tags=["new"])
    assert (run.id, run.status, run.result, run.step) == ("1", "COMPLETED", -1.0, 100)
    assert run.name == "qmix on small, seed 4"
    assert run.tags == ["new"]
    assert run.duration == timedelta(seconds=65)
    assert (run.note, run.command) == ("a remark", COMMAND)


@pytest.mark.parametrize(
    ("status", "age", "shown"),
    [
        ("RUNNING", 30.0, "RUNNING"),
        ("RUNNING", 300.0, "KILLED"),
        ("FAILED", 300.0, "FAILED"),
        ("COMPLETED", 1e6, "COMPLETED"),
    ],
)
def test_a_run_without_a_heartbeat_was_killed(
    make: Make, status: str, age: float, shown: str
) -> None:
    assert make([-1.0], status=status, age=age).status == shown


def test_what_was_stopped_can_go_on_if_it_has_a_checkpoint(make: Make) -> None:
    run = make([-1.0], status="INTERRUPTED")
    assert not run.can_be_resumed
    run.folder.checkpoints.mkdir()
    (run.folder.checkpoints / "100.pt").touch()
    assert run.can_be_resumed


def test_steps_are_those_of_the_last_number_or_of_a_newer_checkpoint(make: Make) -> None:
    run = make([-1.0, -2.0])
    checkpoints = run.folder.path / "checkpoints"
    checkpoints.mkdir()
    for newest, steps in (("50.pt", 100), ("150.pt", 150)):
        (checkpoints / newest).touch()
        assert read_record(run.folder).step == steps


def test_the_last_step_is_found_behind_a_line_that_was_cut(make: Make) -> None:
    run = make([-1.0] * 500)
    with run.folder.metrics.open("a") as file:
        file.write('{"name": "test_return_mean", "step": 99')
    assert read_record(run.folder).step == 49_900


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("run.json", None, "cannot be read (No such file or directory)"),
        ("run.json", "{", "cannot be read (JSONDecodeError)"),
        ("run.json", '{"heartbeat": "noon"}', "is damaged (Invalid isoformat string: 'noon')"),
        ("config.json", "[]", "must hold a JSON object, got list"),
    ],
)
def test_a_damaged_run_is_named_and_the_others_are_read(
    make: Make, tmp_path: Path, name: str, content: str | None, message: str
) -> None:
    damaged = make([-1.0])
    whole = make([-1.0])
    path = damaged.folder.path / name
    path.unlink()
    if content is not None:
        path.write_text(content)
    records, problems = read_records(tmp_path / "results")
    assert [run.id for run in records] == [whole.id]
    (problem,) = problems
    assert problem.startswith(f"{path}: {message}")
    assert problem.endswith(": restore it, or delete this run's folder and train it again")
    with pytest.raises(UserError):
        read_record(damaged.folder)
