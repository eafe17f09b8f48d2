"""Code that does not return is told of, once."""

from __future__ import annotations

import logging
import time

import pytest

from acd_plugin.envs.compiled.overdue import Overdue


def test_what_does_not_return_is_named_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    overdue = Overdue("attacker 'mine'", seconds=0.02)
    with overdue:
        while not caplog.messages:
            time.sleep(0.01)
        time.sleep(0.1)
    (told,) = caplog.messages
    assert "attacker 'mine' has not returned" in told
    assert "kill -9" in told


def test_what_returns_in_time_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    overdue = Overdue("attacker 'mine'", seconds=3600.0)
    for _ in range(3):
        with overdue:
            overdue.look()
    overdue.look()
    assert not caplog.messages
