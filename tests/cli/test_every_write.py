"""A run that is killed at any write can be gone on with, and ends as if nothing had happened."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.slow import slow

ROOT = Path(__file__).resolve().parents[2]
SHARES = 16


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel what a descriptor is of")
@pytest.mark.parametrize(
    ("first", "step"), [(50, 50), *slow((first, SHARES) for first in range(1, SHARES + 1))]
)
def test_a_kill_at_every_write_loses_nothing(tmp_path: Path, first: int, step: int) -> None:
    words = ["-m", "tests.cli.every_write", str(tmp_path), str(first), str(step)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, *words],
        check=False,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    told = [line for line in done.stdout.splitlines() if not line.startswith("done:")]
    assert done.returncode == 0, done.stderr
    assert len(told) == 1, told
    assert told[0].endswith(" writes")
    assert not told[0].startswith("0 ")
