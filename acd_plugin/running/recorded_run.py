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

Train = Callable[[SacredRun, RunFolder], float | None]  # returns the result
Draw = Callable[[RunFolder, Path], None]  # writes the picture of a finished run


class Records(NamedTuple):
    """What is recorded of a run beside its settings and numbers."""

    note: str | None = None
    command_line: str | None = None  # with which a person can make the run
    mongo: str | None = None  # URL of a MongoDB that gets a copy
    draw: Draw | None = None  # for a finished run


class RunStopped(SacredInterrupt):  # type: ignore[misc]  # Sacred has no type hints
    """The user stopped the run; its folder holds a checkpoint to go on from."""

    STATUS = "INTERRUPTED"

    def __init__(self, folder: RunFolder) -> None:
        super().__init__(f"stopped; resume with: {program()} resume {folder.path}")
        self.folder = folder


def recorded_run(
    spec: RunSpec,
    train: Train,
    records: Records,
    mongo: MongoAddress | None,
    folder: RunFolder | None = None,
    output: Output | None = None,
) -> RunFolder:
    """Train, recorded in this ``folder`` or in a new one, and return the folder.

    ``output`` is given where the console belongs to several runs; see `sacred_run.record`.
    Raises RunStopped after Ctrl-C, when everything was saved.
    """
    observer = RunFolderObserver(spec.settings.local_results_path, folder)
    trackers = Trackers(spec.config)

    def work(run: SacredRun) -> float | None:
        if output is None:
            logger.info("run folder: %s", observer.dir)
        if mongo is not None:
            trackers.attach("mongo", Mirror(observer.folder, mongo).start())
        trackers.open(observer.folder)
        try:
            result = train(run, observer.folder)
        except TrainingStoppedError:
            raise RunStopped(observer.folder) from None
        if records.draw is not None:
            _store_picture(run, observer.folder, records.draw)
        return result

    try:
        note, command = records.note, records.command_line
        record(spec.config, [observer, trackers], work, note, command, output)
    finally:
        trackers.close()
    return observer.folder


def _store_picture(run: SacredRun, folder: RunFolder, draw: Draw) -> None:
    run._emit_heartbeat()  # the file then holds every point
    with tempfile.TemporaryDirectory() as place:
        picture = Path(place) / "learning_curve.png"
        draw(folder, picture)
        if picture.exists():
            run.add_artifact(picture)
