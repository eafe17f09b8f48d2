"""How long a run took, over all the times that it was resumed."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from acd_plugin.analysis.runs.run_record import read_record
from acd_plugin.tracking.observer import RunFolderObserver
from acd_plugin.tracking.run_file import read_run
from acd_plugin.tracking.run_folder import RunFolder, write_atomically

NOON = datetime(2026, 1, 1, 12)


def leg(results: Path, start: datetime, minutes: int, resume: RunFolder | None) -> RunFolder:
    """Record a run, or a leg more of it, that took so long."""
    observer = RunFolderObserver(str(results), resume)
    experiment = {"name": "x", "base_dir": "", "sources": [], "dependencies": []}
    config = {"name": "dial", "env_name": "cyborg_small", "seed": 3}
    observer.started_event(experiment, "main", {}, start, config, {}, None)
    observer.heartbeat_event({}, "", start + timedelta(minutes=minutes), None)
    observer.interrupted_event(start + timedelta(minutes=minutes), "INTERRUPTED")
    return observer.folder


def test_the_times_of_all_legs_are_added(tmp_path: Path) -> None:
    folder = leg(tmp_path, NOON, 10, None)
    for day in (1, 2):
        leg(tmp_path, NOON + timedelta(days=day), 5, folder)
    run = read_run(folder)
    assert [one.start_time for one in run.legs] == [NOON + timedelta(days=day) for day in range(3)]
    assert run.start_time == NOON + timedelta(days=2)  # Sacred's, of the last leg
    record = read_record(folder)
    assert (record.start, record.duration) == (NOON, timedelta(minutes=20))


def test_a_damaged_record_stops_nobody_from_going_on(tmp_path: Path) -> None:
    folder = leg(tmp_path, NOON, 10, None)
    write_atomically(folder.path / "run.json", b"{")
    leg(tmp_path, NOON + timedelta(days=1), 5, folder)
    assert read_run(folder).duration == timedelta(minutes=5)
