"""The signals by which a user, a scheduler or a closed terminal asks this program to stop."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType

_MOMENT = 0.01  # seconds
# What LLVM calls when it has compiled a function, which takes long, and what ends objects.
_CALLED_BACK = ("_raw_object_cache_notify", "_raw_object_cache_getbuffer", "__del__")


def stop_signals() -> list[signal.Signals]:
    """Return Ctrl-C, SIGTERM and, unless `nohup` has this program ignore it, a closed terminal.

    Signals are the main thread's to hear: whoever starts us from another one stops us himself.
    """
    if threading.current_thread() is not threading.main_thread():
        return []
    numbers = [signal.SIGINT, signal.SIGTERM]
    hang_up = getattr(signal, "SIGHUP", None)  # absent on Windows
    if hang_up is not None and signal.getsignal(hang_up) is not signal.SIG_IGN:
        numbers.append(hang_up)
    return numbers


@contextmanager
def stops_heard_by(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Let a function hear all of them, even if a shell has started us deaf to Ctrl-C."""
    before = {number: signal.signal(number, handler) for number in stop_signals()}
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)


def interruptible() -> AbstractContextManager[None]:
    """Turn all of them into KeyboardInterrupt."""
    return stops_heard_by(interrupt)


@contextmanager
def ctrl_c_not_lost() -> Iterator[None]:
    """Let Ctrl-C interrupt what it interrupts anyway, in the compiler's callbacks, too."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler or not stop_signals():
        yield
        return
    signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def interrupt(number: int, frame: FrameType | None) -> None:
    """Raise KeyboardInterrupt; where nobody would get it, a moment later."""
    if not _is_called_back(frame):
        raise KeyboardInterrupt
    again = threading.Timer(_MOMENT, _send, [threading.get_ident(), number])
    again.daemon = True
    again.start()


def _send(thread: int, number: int) -> None:
    """Send a signal to a thread, which ends what it waits for."""
    if sys.platform == "win32":
        signal.raise_signal(number)
    else:
        signal.pthread_kill(thread, number)


def _is_called_back(frame: FrameType | None) -> bool:
    """Whether C has called what was interrupted: it prints what is raised there, and goes on."""
    while frame is not None:
        if frame.f_code.co_name in _CALLED_BACK:
            return True
        frame = frame.f_back
    return False
