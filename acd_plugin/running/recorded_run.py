"""One training run in a folder of its own: new or continued, recorded whatever happens."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from sacred.utils import SacredInterrupt

from acd_plugin.errors import program
from acd_plugin.hosts.builtin.training import TrainingStoppedError
from acd_plugin.running.console import logger
from acd_plugin.running.run_spec import RunSpec
from acd_plugin.running.sacred_run import Output, SacredRun, record
from acd_plugin.tracking.observer import RunFolderObserver
from acd_plugin.tracking.run_folder import RunFolder
from acd_plugin.tracking.trackers.attached import Trackers
from acd_plugin.tracking.trackers.mongo.address import MongoAddress
from acd_plugin.tracking.trackers.mongo.mirror import Mirror
from acd_plugin.tracking.unwritten import CHECKPOINT, METRICS, PICTURE, RUN, Unwritten

Draw = Callable[[RunFolder, Path], None]  # writes the picture of a finished run


class Records(NamedTuple):
    """What is recorded of a run beside its settings and numbers."""

    note: str | None = None
    command_line: str | None = None  # with which a person can make the run
    mongo: str | None = None  # URL of a MongoDB that gets a copy
    draw: Draw | None = None  # for a finished run


class OpenRecord(NamedTuple):
    """Where a run is recorded while it goes on."""

    run: SacredRun
    folder: RunFolder
    unwritten: Unwritten


Train = Callable[[OpenRecord], float | None]  # returns the result


class NotWrittenError(Exception):
    """A run has ended, and not all of its record is on disk."""

    def __init__(self, folder: RunFolder, unwritten: Unwritten) -> None:
        self.folder = folder
        self.is_complete = not any(part in unwritten for part in (CHECKPOINT, METRICS, RUN))
        remedy = ""
        if not self.is_complete:
            go_on = f"finish it with: {program()} resume {folder.path}"
            remedy = f"; make room, and {go_on if folder.stored_checkpoints() else 'train again'}"
        super().__init__(f"{folder}: trained, but could not be written: {unwritten}{remedy}")


class RunStopped(SacredInterrupt):  # type: ignore[misc]  # Sacred has no type hints
    """The user stopped the run; its folder holds a checkpoint to go on from, if it is saved."""

    STATUS = "INTERRUPTED"

    def __init__(self, folder: RunFolder, unwritten: Unwritten | None = None) -> None:
        self.folder = folder
        self.is_saved = unwritten is None or CHECKPOINT not in unwritten
        told = "stopped" if self.is_saved else f"stopped, but {folder} lacks {unwritten}"
        if folder.stored_checkpoints():
            told += f"; resume with: {program()} resume {folder.path}"
        super().__init__(told)


def recorded_run(
    spec: RunSpec,
    train: Train,
    records: Records,
    mongo: MongoAddress | None,
    folder: RunFolder,
    output: Output | None = None,
) -> None:
    """Train, recorded in this folder, which is this process's own.

    ``output`` is given where the console belongs to several runs; see `sacred_run.record`.
    Raises RunStopped after Ctrl-C, and NotWrittenError when a part of the record is missing.
    """
    observer = RunFolderObserver(spec.settings.local_results_path, folder)
    unwritten = observer.unwritten
    trackers = Trackers(spec.config)

    def work(run: SacredRun) -> float | None:
        if output is None:
            logger.info("run folder: %s", folder)
        if mongo is not None:
            trackers.attach("mongo", Mirror(folder, mongo).start())
        trackers.open(folder)
        opened = OpenRecord(run, folder, unwritten)
        try:
            result = train(opened)
        except TrainingStoppedError:
            raise RunStopped(folder, unwritten) from None
        run._emit_heartbeat()  # the file then holds every point
        if records.draw is not None:
            _store_picture(opened, records.draw)
        if CHECKPOINT in unwritten or METRICS in unwritten:
            raise NotWrittenError(folder, unwritten)
        return result

    try:
        note, command = records.note, records.command_line
        record(spec.config, [observer, trackers], work, note, command, output)
    finally:
        trackers.close()
    if unwritten:
        raise NotWrittenError(folder, unwritten)


def _store_picture(record: OpenRecord, draw: Draw) -> None:
    """Add a picture, which is worth less than the run: whatever goes wrong with it."""
    try:
        with tempfile.TemporaryDirectory() as place:
            picture = Path(place) / PICTURE
            draw(record.folder, picture)
            if picture.exists():
                record.run.add_artifact(picture)
    except Exception as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        record.unwritten.add(PICTURE, reason)
        logger.warning("%s: no picture: %s", record.folder, reason)
