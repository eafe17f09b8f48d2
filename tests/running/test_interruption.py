"""All ways of asking a program to stop are heard while others train, and only then."""

from __future__ import annotations

import ctypes
import os
import signal
import threading
import time

import pytest

from acd_plugin.running.interruption import interruptible, stop_signals
from acd_plugin.running.stop_signal import StopSignal


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


def test_an_interrupt_is_not_lost_where_the_compiler_calls_python() -> None:
    done = []

    def _raw_object_cache_notify() -> None:  # as llvmlite calls it
        signal.raise_signal(signal.SIGTERM)
        done.append("kept")

    def compile_something() -> None:
        ctypes.CFUNCTYPE(None)(_raw_object_cache_notify)()
        done.append("compiled")
        time.sleep(20)

    with pytest.raises(KeyboardInterrupt), interruptible():
        compile_something()
    assert done == ["kept", "compiled"]


def test_a_stop_before_the_end_of_an_epoch_is_one_at_once() -> None:
    with pytest.raises(KeyboardInterrupt), StopSignal():
        signal.raise_signal(signal.SIGINT)
    with StopSignal() as stop:
        assert not stop.requested()  # as after every epoch
        signal.raise_signal(signal.SIGINT)
        assert stop.requested()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
