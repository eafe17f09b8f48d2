"""All ways of asking a program to stop are heard while others train, and only then."""

from __future__ import annotations

import ctypes
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from acd_plugin.cli.main import main
from acd_plugin.running.interruption import ctrl_c_not_lost, interruptible, stop_signals
from acd_plugin.running.stop_signal import StopSignal


@pytest.fixture(autouse=True)
def ctrl_c_interrupts() -> Iterator[None]:
    """As in a terminal: what a shell starts in the background ignores Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


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
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests themselves may run in `nohup`
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


def compile_something(number: int, done: list[str]) -> None:
    """Do as numba does, with a signal where the compiler calls Python; notes what is done."""

    def _raw_object_cache_notify() -> None:  # as llvmlite calls it
        signal.raise_signal(number)
        done.append("kept")

    ctypes.CFUNCTYPE(None)(_raw_object_cache_notify)()
    done.append("compiled")
    time.sleep(20)


@pytest.mark.parametrize(
    ("heard", "number"), [(interruptible, signal.SIGTERM), (ctrl_c_not_lost, signal.SIGINT)]
)
def test_an_interrupt_is_not_lost_where_the_compiler_calls_python(
    heard: Callable[[], AbstractContextManager[None]], number: int
) -> None:
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt), heard():
        compile_something(number, done)
    assert done == ["kept", "compiled"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_stops_a_command_that_compiles(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    done: list[str] = []

    def check_words(*_: object) -> None:  # in the place of what every command begins with
        compile_something(signal.SIGINT, done)

    monkeypatch.setattr("acd_plugin.cli.words.check_words", check_words)
    assert main(["watch", "1"]) == 130
    assert done == ["kept", "compiled"]
    assert capsys.readouterr().err == "stopped at once\n"


def test_ctrl_c_stays_ignored_in_the_background() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with ctrl_c_not_lost():
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_stop_before_the_end_of_an_epoch_is_one_at_once() -> None:
    with pytest.raises(KeyboardInterrupt), StopSignal():
        signal.raise_signal(signal.SIGINT)
    with StopSignal() as stop:
        assert not stop.requested()  # as after every epoch
        signal.raise_signal(signal.SIGINT)
        assert stop.requested()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
