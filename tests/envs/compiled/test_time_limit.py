"""Code that never returns is left behind, and whoever waits for it hears Ctrl-C."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from types import FrameType

import pytest

from acd_plugin.envs.compiled.time_limit import NeverReturnsError, in_time


def waiting(released: threading.Event, steps: int = 1) -> Iterator[None]:
    for _ in range(steps):
        yield
    released.wait()


def test_a_step_that_does_not_return_is_told() -> None:
    released = threading.Event()
    with pytest.raises(NeverReturnsError):
        in_time(waiting(released), lambda: True, seconds=0.1)
    released.set()


def test_compiling_takes_as_long_as_it_takes() -> None:
    released = threading.Event()
    asked = []

    def is_compiled() -> bool:
        asked.append(True)
        if len(asked) == 4:  # each time there was none left
            released.set()
        return False

    in_time(waiting(released), is_compiled, seconds=0.0)
    assert len(asked) >= 4


def test_what_goes_wrong_in_a_step_is_raised_here() -> None:
    def steps() -> Iterator[None]:
        yield
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        in_time(steps(), lambda: True, seconds=60)


def test_a_signal_is_heard_meanwhile() -> None:
    def interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise KeyboardInterrupt

    released = threading.Event()
    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        with pytest.raises(KeyboardInterrupt):
            in_time(waiting(released), lambda: True, seconds=60)
    finally:
        signal.signal(signal.SIGALRM, before)
        released.set()
