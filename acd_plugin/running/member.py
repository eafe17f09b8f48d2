"""A run that is trained together with others, and the thread that records it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from acd_plugin.errors import program
from acd_plugin.hosts.builtin import BUILTIN
from acd_plugin.running.built_run import BuiltRun
from acd_plugin.running.device import told_plainly
from acd_plugin.running.group_console import GroupConsole
from acd_plugin.running.planned import Planned
from acd_plugin.running.recorded_run import Draw, recorded_run
from acd_plugin.running.sacred_run import Output, SacredRun
from acd_plugin.running.stop_signal import StopSignal
from acd_plugin.tracking.run_folder import RunFolder, new_folder

_COPIED = ("cuda",)  # devices whose states come to main memory as copies, which nobody changes
_WAITING = 2  # pieces of work that may wait for the thread; the group then waits for it


class _Verdict(NamedTuple):
    """How training ended."""

    error: BaseException | None


class Member:
    """An ordinary recorded run whose thread waits, and writes, while the group trains it."""

    def __init__(
        self,
        run: Planned,
        number: int,
        console: GroupConsole,
        stop: StopSignal,
        picture: threading.Lock,
    ) -> None:
        """``picture`` is held while one is drawn, which is not made for threads."""
        self.run = run
        self.output = Output()
        self.built = BuiltRun(
            run,
            BUILTIN,
            console.of(number, self.output.write),
            stop.requested,
            f"seed {run.seed}: ",
            self._write_aside if run.spec.settings.device in _COPIED else None,
        )
        self.built.load()
        self.folder = run.folder
        self.error: BaseException | None = None
        self.is_told = False
        self._picture = picture
        self._is_recorded = threading.Event()  # or will never be
        self._thread = threading.Thread(target=self._record, name=f"seed {run.seed}")
        self._orders: queue.Queue[Callable[[], None] | _Verdict] = queue.Queue(_WAITING)

    def make_folder(self) -> None:
        """Make the folder of a new run."""
        try:
            self.folder = self.folder or new_folder(self.run.spec.settings.local_results_path)
        except OSError as error:
            self.error = error

    def start(self) -> None:
        """Begin to be recorded."""
        self._thread.start()

    def wait_for_record(self) -> None:
        """Wait until the run is recorded, or has failed to be."""
        self._is_recorded.wait()

    def tell(self, error: BaseException | None) -> None:
        """Let the run end, as complete or with an error."""
        self.is_told = True
        place = self.folder.path if self.folder else ""
        self._order(_Verdict(error and told_plainly(error, f"{program()} resume {place}")))

    def join(self) -> None:
        """Wait until the record is complete."""
        self._thread.join()

    def _write_aside(self, work: Callable[[], None]) -> None:
        """Write in the run's own thread, so that the GPU need not wait."""
        self._order(work)

    def _order(self, order: Callable[[], None] | _Verdict) -> None:
        while self._thread.is_alive():
            try:
                return self._orders.put(order, timeout=1.0)
            except queue.Full:
                continue
        return None  # it has failed, as its recorder tells whoever asks

    def _record(self) -> None:
        spec, records, mongo = self.run.spec, self.run.records, self.run.mongo()
        if records.draw is not None:
            records = records._replace(draw=self._draw_alone(records.draw))
        try:
            if self.error is not None:
                raise self.error
            recorded_run(spec, self._stand_for_training, records, mongo, self.folder, self.output)
        except BaseException as error:
            self.error = error
            self.built.recorder.refuse(error)
        finally:
            self._is_recorded.set()

    def _stand_for_training(self, run: SacredRun, folder: RunFolder) -> float | None:
        """Let the group record into this run until its end."""
        self.built.attach(run, folder)
        self._is_recorded.set()
        while not isinstance(order := self._orders.get(), _Verdict):
            order()
        if order.error is not None:
            raise order.error
        return self.built.recorder.latest("test_return_mean")

    def _draw_alone(self, draw: Draw) -> Draw:
        def draw_alone(folder: RunFolder, path: Path) -> None:
            with self._picture:
                draw(folder, path)

        return draw_alone
