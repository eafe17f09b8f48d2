"""Compiled code of a user's own that may never return, kept from taking the program with it.

While compiled code runs, Python hears no signal in the thread that called it: so it runs in another
one, and whoever waits for it hears Ctrl-C. A thread cannot be ended. One that does not return is
left behind, and ends with the process.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait

_LOOK_EVERY = 0.05  # seconds
# Bytes: numba's compiler calls itself deeply, and threads have little on some systems.
_STACK = 2**26


class NeverReturnsError(Exception):
    """A step took longer than it may."""


def in_time(steps: Iterator[object], is_compiled: Callable[[], bool], seconds: float) -> None:
    """Go through all steps; NeverReturnsError when one of them takes longer than ``seconds``.

    The time before everything is compiled does not count.
    """
    done: Future[None] = Future()
    counted = [0]

    def work() -> None:
        try:
            for _ in steps:
                counted[0] += 1
        except BaseException as error:
            done.set_exception(error)
        else:
            done.set_result(None)

    before = threading.stack_size(_STACK)
    try:
        threading.Thread(target=work, daemon=True).start()
    finally:
        threading.stack_size(before)
    seen, since = 0, time.monotonic()
    while not wait([done], _LOOK_EVERY).done:
        if counted[0] != seen or not is_compiled():
            seen, since = counted[0], time.monotonic()
        elif time.monotonic() - since > seconds:
            raise NeverReturnsError
    done.result()
