"""Runs that are trained together, each recorded as any other run.

Every run is an ordinary recorded one in a thread of its own, which hands its folder to the group
and waits to be told how training ended; the main thread trains them all. So a run that cannot be
recorded, or whose numbers diverge, fails alone.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import NamedTuple

from acd_plugin.configuration.number_ranges import short
from acd_plugin.hosts.builtin.joint import JointTraining
from acd_plugin.running.console import logger
from acd_plugin.running.group_console import GroupConsole
from acd_plugin.running.member import Member
from acd_plugin.running.planned import Planned
from acd_plugin.running.stop_signal import StopSignal
from acd_plugin.tracking.run_folder import RunFolder


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
        picture = threading.Lock()
        try:
            self._members = [
                Member(run, number, self._console, self._stop, picture)
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
                    member.join()
        finally:
            self._console.close()
        for member in self._members:
            _forget_frames(member.error)
        return [Ended(one.run, one.folder, one.error) for one in self._members]

    def was_asked_to_stop(self) -> bool:
        """Return whether nothing is to begin after this group."""
        return self._stop.requested()

    def _begin(self) -> None:
        for member in self._members:
            member.own_folder()
        seeds = short([member.run.seed for member in self._members])
        many = len(self._members) > 1
        told = f"together with others on {self._device}, seeds {seeds}" if many else "by itself"
        for member in self._members:
            member.output.write(f"trained {told}")
            member.start()
        for member in self._members:
            member.wait_for_record()
        numbers = [member.folder.id for member in self._members if member.folder]
        logger.info(
            "%s: %s; run folders: %s in %s",
            f"{len(self._members)} seeds together" if many else "one seed",
            seeds,
            short([int(number) for number in numbers if number.isdecimal()]),
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
