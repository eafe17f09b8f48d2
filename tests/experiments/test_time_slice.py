"""Long turns: asked of the kernel for a process and its children, harmless where it refuses."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from acd_plugin.experiments.time_slice import take_long_turns

CODE = """
import os, subprocess, sys
from acd_plugin.experiments.time_slice import take_long_turns
before = os.nice(0)
heard = take_long_turns()
child = "import os; print(os.sched_getscheduler(0))"
inherited = int(subprocess.check_output([sys.executable, "-c", child]))
print(int(heard), inherited, os.nice(0) - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such call")
def test_processes_inherit_it_and_keep_their_priority() -> None:
    printed = subprocess.check_output([sys.executable, "-c", CODE], text=True)
    heard, inherited, change = (int(word) for word in printed.split())
    assert inherited == (os.SCHED_BATCH if heard else os.SCHED_OTHER)
    assert change == 0


def test_other_systems_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.system", lambda: "Darwin")
    assert not take_long_turns()
