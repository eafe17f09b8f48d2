"""A run that is trained together with others, and the thread that records it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from acd_plugin.errors import UserError, program
from acd_plugin.hosts.builtin import BUILTIN
from acd_plugin.running.built_run import BuiltRun
from acd_plugin.running.device import told_plainly
from acd_plugin.running.group_console import GroupConsole
from acd_plugin.running.owned_folder import owned_folder
from acd_plugin.running.planned import Planned
from acd_plugin.running.recorded_run import Draw, OpenRecord, recorded_run
from acd_plugin.running.sacred_run import Output
from acd_plugin.running.stop_signal import StopSignal
from acd_plugin.tracking.run_folder import RunFolder

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
        self._held = ExitStack()
        self.error: BaseException | None = None
        self.is_told = False
        self._picture = picture
        self._is_recorded = threading.Event()  # or will never be
        self._thread = threading.Thread(target=self._record, name=f"seed {run.seed}")
        self._orders: queue.Queue[Callable[[], None] | _Verdict] = queue.Queue(_WAITING)

    def own_folder(self) -> None:
        """Hold the run's folder, a new one if it has none, until the run is recorded."""
        try:
            self.folder = self._held.enter_context(owned_folder(self.run))
        except (OSError, UserError) as error:
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
            assert self.folder is not None
            recorded_run(spec, self._stand_for_training, records, mongo, self.folder, self.output)
        except BaseException as error:
            self.error = error
            self.built.recorder.refuse(error)
        finally:
            self._held.close()
            self._is_recorded.set()

    def _stand_for_training(self, record: OpenRecord) -> float | None:
        """Let the group record into this run until its end."""
        self.built.attach(record)
        self._is_recorded.set()
        while not isinstance(order := self._orders.get(), _Verdict):
            order()
        if order.error is not None:
            raise order.error
        return self.built.result()

    def _draw_alone(self, draw: Draw) -> Draw:
        def draw_alone(folder: RunFolder, path: Path) -> None:
            with self._picture:
                draw(folder, path)

        return draw_alone
