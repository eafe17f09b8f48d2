"""One line for all runs of a group, when all have said their numbers."""

from __future__ import annotations

import logging

import pytest

from acd_plugin.running.console import logger
from acd_plugin.running.group_console import GroupConsole


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is logged."""
    told: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.append(record.getMessage())

    monkeypatch.setattr(logger, "handlers", [Keep()])
    monkeypatch.setattr(logger, "level", logging.INFO)
    return told


def test_a_line_has_means_and_the_range_of_the_test(lines: list[str]) -> None:
    console, own = GroupConsole(2, 100, 0), [[], []]  # type: tuple[GroupConsole, list[list[str]]]
    runs = [console.of(number, own[number].append) for number in range(2)]
    runs[0].say(10, {"loss": 1.0, "test_return_mean": -4.0})
    assert lines == []
    runs[1].say(10, {"loss": 2.0, "test_return_mean": -8.0})
    told = "step 10: loss 1.500, test_return_mean -6.000"
    assert lines == [f"{told} (means of 2 seeds; test_return_mean from -8.000 to -4.000)"]
    assert own == [
        ["step 10: loss 1.000, test_return_mean -4.000"],
        ["step 10: loss 2.000, test_return_mean -8.000"],
    ]


def test_nobody_waits_for_a_run_that_has_ended(lines: list[str]) -> None:
    console = GroupConsole(3, 100, 0)
    runs = [console.of(number, lambda _: None) for number in range(3)]
    runs[0].say(10, {"loss": 1.0})
    console.ended(1)
    assert lines == []
    runs[2].say(10, {"loss": 3.0})
    assert lines == ["step 10: loss 2.000 (means of 2 seeds)"]
    runs[0].say(20, {"loss": 1.0})
    console.ended(0)  # it was complete
    runs[2].say(20, {"loss": 2.0})
    assert lines[1] == "step 20: loss 1.500 (means of 2 seeds)"
    console.ended(2)
    assert len(lines) == 2
