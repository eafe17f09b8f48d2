"""Runs that are trained together, each recorded as any other run.

Every run is an ordinary recorded one in a thread of its own, which hands its folder to the group
and waits to be told how training ended; the main thread trains them all. So a run that cannot be
recorded, or whose numbers diverge, fails alone.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from acd_plugin.configuration.number_ranges import short
from acd_plugin.errors import program
from acd_plugin.hosts.builtin import BUILTIN
from acd_plugin.hosts.builtin.joint import JointTraining
from acd_plugin.running.built_run import BuiltRun
from acd_plugin.running.console import logger
from acd_plugin.running.device import told_plainly
from acd_plugin.running.group_console import GroupConsole
from acd_plugin.running.planned import Planned
from acd_plugin.running.recorded_run import Draw, recorded_run
from acd_plugin.running.sacred_run import Output, SacredRun
from acd_plugin.running.stop_signal import StopSignal
from acd_plugin.tracking.run_folder import RunFolder, new_folder


class Ended(NamedTuple):
    """How a run ended."""

    run: Planned
    folder: RunFolder | None  # None if it never got one
    error: BaseException | None  # None: it is complete; RunStopped: it can go on


class Group:
    """Runs that differ in nothing but their seeds."""

    def __init__(self, planned: Sequence[Planned]) -> None:
        """Build all; nothing is written yet.

        Raises UserError for what a component refuses, NotTogetherError where they must be trained
        one by one.
        """
        settings = planned[0].spec.settings
        start = planned[0].stored.t_env if planned[0].stored else 0
        self._device = settings.device
        self._stop = StopSignal()
        self._console = GroupConsole(len(planned), settings.t_max, start)
        picture = threading.Lock()  # drawing is not made for threads
        try:
            self._members = [
                _Member(run, number, self._console, self._stop, picture)
                for number, run in enumerate(planned)
            ]
            runs = [one.built.training for one in self._members]
            self._joint = JointTraining(runs, self._device)
        except BaseException:
            self._console.close()
            raise

    def train(self) -> list[Ended]:
        """Train all and return how each ended; after Ctrl-C all have saved, and can be resumed."""
        try:
            with self._stop:
                self._begin()
                self._train()
            for member in self._members:
                member.thread.join()
        finally:
            self._console.close()
        for member in self._members:
            _forget_frames(member.error)
        return [Ended(one.run, one.folder, one.error) for one in self._members]

    def _begin(self) -> None:
        for member in self._members:
            member.make_folder()
        seeds = short([member.run.seed for member in self._members])
        together = f"trained together with others on {self._device}, seeds {seeds}"
        for member in self._members:
            member.output.write(together)
            member.thread.start()
        for member in self._members:
            member.is_recorded.wait()
        numbers = [member.folder.id for member in self._members if member.folder]
        logger.info(
            "%s: %s; run folders: %s in %s",
            f"{len(self._members)} seeds together" if len(self._members) > 1 else "one seed",
            seeds,
            short([int(number) for number in numbers if number.isdigit()]),
            self._members[0].run.spec.settings.local_results_path,
        )

    def _train(self) -> None:
        verdict: BaseException | None = None
        try:
            if any(member.error is None for member in self._members):
                self._joint.train(self._tell)
        except BaseException as error:
            verdict = error
        for number, member in enumerate(self._members):  # whom nobody has told yet
            if not member.is_told:
                self._tell(number, verdict or RuntimeError("training ended without this run"))

    def _tell(self, number: int, error: BaseException | None) -> None:
        self._console.ended(number)
        self._members[number].tell(error)


def _forget_frames(error: BaseException | None) -> None:
    """Let go of what an error's traceback holds: all of the group's tensors. Its run has it."""
    while error is not None:
        error.__traceback__ = None
        error = error.__cause__ or error.__context__


class _Member:
    """A run of a group, and the thread that records it."""

    def __init__(
        self,
        run: Planned,
        number: int,
        console: GroupConsole,
        stop: StopSignal,
        picture: threading.Lock,
    ) -> None:
        self.run = run
        self.output = Output()
        own_console = console.of(number, self.output.write)
        self.built = BuiltRun(run, BUILTIN, own_console, stop.requested, f"seed {run.seed}: ")
        self.built.load()
        self.folder = run.folder
        self.error: BaseException | None = None
        self.is_recorded = threading.Event()  # or will never be
        self.is_told = False
        self.thread = threading.Thread(target=self._record, name=f"seed {run.seed}")
        self._picture = picture
        self._verdict: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()

    def make_folder(self) -> None:
        """Make the folder of a new run."""
        try:
            self.folder = self.folder or new_folder(self.run.spec.settings.local_results_path)
        except OSError as error:
            self.error = error

    def tell(self, error: BaseException | None) -> None:
        """Let the run end, as complete or with an error."""
        self.is_told = True
        place = self.folder.path if self.folder else ""
        self._verdict.put(error and told_plainly(error, f"{program()} resume {place}"))

    def _record(self) -> None:
        spec, records, mongo = self.run.spec, self.run.records, self.run.mongo()
        if records.draw is not None:
            records = records._replace(draw=self._draw_alone(records.draw))
        try:
            if self.error is not None:
                raise self.error
            recorded_run(spec, self._wait, records, mongo, self.folder, self.output)
        except BaseException as error:
            self.error = error
            self.built.recorder.refuse(error)
        finally:
            self.is_recorded.set()

    def _wait(self, run: SacredRun, folder: RunFolder) -> float | None:
        """Stand for training: let the group record into this run until its end."""
        self.built.attach(run, folder)
        self.is_recorded.set()
        error = self._verdict.get()
        if error is not None:
            raise error
        return self.built.recorder.latest("test_return_mean")

    def _draw_alone(self, draw: Draw) -> Draw:
        def draw_alone(folder: RunFolder, path: Path) -> None:
            with self._picture:
                draw(folder, path)

        return draw_alone
