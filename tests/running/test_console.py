"""What the console says of a run's duration."""

from __future__ import annotations

import pytest

from acd_plugin.running.console import TimeLeft, logger


def test_the_time_left_is_told_once_as_soon_as_the_speed_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []
    monkeypatch.setattr(logger, "info", lambda text, *values: told.append(text % values))
    now = iter(range(0, 1000, 10))  # seconds, between one hundred steps and the next
    left = TimeLeft(1000, clock=lambda: float(next(now)))
    for step in range(0, 1001, 100):
        left.note(step)
    assert told == ["about 0:01:30 to go at this speed; Ctrl-C saves and stops"]
