"""All ways of asking a program to stop are heard while others train, and only then."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from acd_plugin.running.interruption import interruptible, stop_signals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_interrupts_even_where_it_was_ignored(number: signal.Signals) -> None:
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with pytest.raises(KeyboardInterrupt), interruptible():
            os.kill(os.getpid(), number)
        assert signal.getsignal(number) is signal.SIG_IGN
    finally:
        signal.signal(number, before)


def test_a_closed_terminal_interrupts_unless_that_is_to_be_ignored() -> None:
    before = signal.getsignal(signal.SIGHUP)
    try:
        with pytest.raises(KeyboardInterrupt), interruptible():
            os.kill(os.getpid(), signal.SIGHUP)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as `nohup` does
        with interruptible():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_another_thread_hears_no_signals_and_is_no_mistake() -> None:
    heard: list[list[signal.Signals]] = []
    thread = threading.Thread(target=lambda: heard.append(stop_signals()))
    thread.start()
    thread.join()
    assert heard == [[]]
