"""One process at a time has a run's folder, and whoever comes second is told who that is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from acd_plugin.errors import UserError
from acd_plugin.tracking.ownership import OwnedError, is_owned, owned

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import os, sys, time
from pathlib import Path
from acd_plugin.tracking.ownership import owned
with owned(Path(sys.argv[1]), "it"):
    if "fork" not in sys.argv or os.fork() == 0:
        print(os.getpid(), flush=True)
    time.sleep(60)
"""


def hold(path: Path, *words: str) -> tuple[subprocess.Popen[str], str]:
    """Start a process that holds the file; returns it and what it has printed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path), *words],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def test_the_second_is_told_who_has_it_until_that_process_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "owner.json"
    assert is_owned(path) is None  # nobody has ever had it
    process, _ = hold(path)
    assert is_owned(path) is True
    told = rf"it is in use by process {process.pid} on \S+, since 2"
    with pytest.raises(OwnedError, match=told), owned(path, "it"):
        pass
    process.kill()
    process.wait()
    assert is_owned(path) is False
    with owned(path, "it"):
        assert is_owned(path) is True
    assert is_owned(path) is False


def test_a_forked_child_that_outlives_its_parent_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "owner.json"
    process, child = hold(path, "fork")
    process.kill()
    process.wait()
    try:
        assert is_owned(path) is False
    finally:
        os.kill(int(child), signal.SIGKILL)


def test_two_parts_of_one_process_are_two_owners(tmp_path: Path) -> None:
    path = tmp_path / "owner.json"
    with owned(path, "it") as first:
        first.tell(folder="3")
        with pytest.raises(OwnedError, match=f"process {os.getpid()} "), owned(path, "it"):
            pass
    with owned(path, "it") as second:
        assert second.told["folder"] == "3"  # what the last owner told is known to the next


def test_what_is_no_file_is_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "owner.json"
    path.symlink_to(tmp_path / "elsewhere")
    assert is_owned(path) is None
    with pytest.raises(UserError, match="is a link"), owned(path, "it"):
        pass
    assert not (tmp_path / "elsewhere").exists()
