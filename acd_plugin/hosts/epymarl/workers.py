"""Notice the death of EPyMARL's worker processes, for whose answer it would wait for ever."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess

_SECONDS_BETWEEN_LOOKS = 0.5


class WorkerDiedError(RuntimeError):
    """A worker process ended although the run had not; its traceback is above."""


class _Watch(threading.Thread):
    def __init__(self) -> None:
        super().__init__(name="watch-workers", daemon=True)
        self.finished = threading.Event()
        self.dead: BaseProcess | None = None

    def run(self) -> None:
        known: set[BaseProcess] = set()
        while not self.finished.wait(_SECONDS_BETWEEN_LOOKS):
            known |= set(multiprocessing.active_children())
            self.dead = next((worker for worker in known if worker.exitcode not in (None, 0)), None)
            if self.dead is not None:
                # The main thread sits in a system call that only a signal interrupts.
                os.kill(os.getpid(), signal.SIGINT)
                return


@contextmanager
def watched_workers() -> Iterator[None]:
    """Raise WorkerDiedError when a worker process dies inside this block.

    None is left behind, whatever ends it.
    """
    watch = _Watch()
    watch.start()
    try:
        yield
    except (KeyboardInterrupt, EOFError, BrokenPipeError, ConnectionResetError) as error:
        if watch.dead is None and not isinstance(error, KeyboardInterrupt):
            watch.join(2 * _SECONDS_BETWEEN_LOOKS)  # it may be about to notice
        if watch.dead is None:  # or the user has interrupted us, and with a terminal them
            raise
        raise WorkerDiedError(
            f"worker process {watch.dead.name} died with exit code {watch.dead.exitcode}; "
            "its own message is above"
        ) from None
    finally:
        watch.finished.set()
        for worker in multiprocessing.active_children():
            worker.terminate()
