"""Sacred's file observer, made safe against kills and cheap for long runs."""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sacred.dependencies import get_digest
from sacred.observers import FileStorageObserver
from sacred.serializer import flatten

from acd_plugin.credentials import shown, without_credentials
from acd_plugin.errors import UserError
from acd_plugin.tracking.metric_export import export
from acd_plugin.tracking.plain_files import append_lines, append_whole, plain_file_in
from acd_plugin.tracking.run_file import read_run
from acd_plugin.tracking.run_folder import RunFolder, write_atomically
from acd_plugin.tracking.unwritten import METRICS, RUN, Unwritten

logger = logging.getLogger("acd_plugin")

_WRITTEN = ("run.json", "config.json", "info.json", "metrics.json", "cout.txt")


class RunFolderObserver(FileStorageObserver):  # type: ignore[misc]  # Sacred has no type hints
    """Differences from Sacred's own observer:

    JSON files are replaced atomically; metrics are appended to ``metrics.jsonl`` (one line per
    point), and Sacred's ``metrics.json`` is written from it once, when the run ends; a run can be
    continued in its own folder; a disk that is full stops no training, and what could not be
    written follows when there is room again; addresses lose their user and password.
    """

    cout: str  # all output so far
    cout_write_cursor: int  # how much of it is written

    def __init__(self, results: str, resume: RunFolder | None = None) -> None:
        """Raises UserError when the folder to go on in is damaged."""
        self._earlier: list[dict[str, str | None]] = []  # legs of this run
        if resume is not None:
            _check(resume)
            self._earlier = _legs_of(resume)
        super().__init__(str(resume.path.parent) if resume else results)
        self._resume = resume
        self.unwritten = Unwritten()
        self._lines = ""  # of metrics, that are not written yet
        self._writing = threading.Lock()  # heartbeats and checkpoints both want metrics written
        self._revision = _revision(resume) if resume is not None else 0
        self._is_running = False
        self._has_warned = False

    @property
    def folder(self) -> RunFolder:
        return RunFolder(Path(self.dir))

    def _make_run_dir(self, _id: object) -> None:
        if self._resume is None:
            super()._make_run_dir(_id)
        else:
            self.dir = str(self._resume.path)
        self.folder.key()  # from the start, so that copies of this folder are known as one run

    def started_event(self, *args: Any, **options: Any) -> Any:
        run_id = super().started_event(*args, **options)
        self._is_running = True
        return run_id

    def find_or_save(self, filename: str, store_dir: Path) -> Path:
        """Keep a copy of a source file, whole: its name says its content, and who would look?"""
        source = Path(filename)
        place = store_dir / f"{source.stem}_{get_digest(filename)}{source.suffix}"
        if not place.exists():
            store_dir.mkdir(parents=True, exist_ok=True)
            write_atomically(place, source.read_bytes())
        return place

    def save_json(self, obj: object, filename: str) -> None:
        content = without_credentials(flatten(obj))
        if filename == RUN and isinstance(content, dict):
            self._revision += 1  # tells copies of the run apart, whatever the clock says
            content["revision"] = self._revision
            if self._earlier:
                content["earlier_legs"] = self._earlier
        text = json.dumps(content, sort_keys=True, indent=2)
        with self._forgiven(filename):
            write_atomically(Path(self.dir) / filename, text.encode())

    def log_metrics(self, metrics_by_name: dict[str, Any], info: object) -> None:
        del info  # Sacred's contract
        lines = []
        for name, points in metrics_by_name.items():
            for value, step, time in zip(
                points["values"], points["steps"], points["timestamps"], strict=True
            ):
                line = {"name": name, "step": step, "value": value, "time": time.isoformat()}
                lines.append(json.dumps(line) + "\n")
        with self._writing, self._forgiven(METRICS):
            self._lines += "".join(lines)
            append_lines(self.folder.metrics, self._lines.encode())
            self._lines = ""

    def save_cout(self) -> None:
        """Write the output as far as its lines are whole: half an address tells its password."""
        self._save_cout(self.cout.rfind("\n") + 1)

    def _save_cout(self, end: int) -> None:
        text = self.cout[self.cout_write_cursor : end]
        if not text:
            return
        with self._forgiven("cout.txt"):
            append_whole(Path(self.dir) / "cout.txt", shown(text).encode(errors="replace"))
            self.cout_write_cursor = end

    @contextmanager
    def _forgiven(self, name: str) -> Iterator[None]:
        """Report once that a file cannot be written; training is worth more than its record."""
        try:
            yield
        except OSError as error:
            if not self._is_running:
                raise  # a run that cannot be recorded does not start
            self.unwritten.add(name, error.strerror or type(error).__name__)
            if not self._has_warned:
                self._has_warned = True
                logger.warning(
                    "%s: cannot be written (%s); training goes on, make room",
                    self.dir,
                    error.strerror,
                )
        else:
            self.unwritten.discard(name)

    def completed_event(self, stop_time: datetime, result: object) -> None:
        self._write_what_is_left()
        super().completed_event(stop_time, result)

    def interrupted_event(self, interrupt_time: datetime, status: str) -> None:
        self._write_what_is_left()
        super().interrupted_event(interrupt_time, status)

    def failed_event(self, fail_time: datetime, fail_trace: list[str]) -> None:
        self._write_what_is_left()
        super().failed_event(fail_time, fail_trace)

    def _write_what_is_left(self) -> None:
        self._save_cout(len(self.cout))
        self.log_metrics({}, {})  # what a full disk has kept waiting
        with self._forgiven("metrics.json"):
            write_atomically(self.folder.path / "metrics.json", partial(export, self.folder))


def _legs_of(folder: RunFolder) -> list[dict[str, str | None]]:
    """Return the legs that a run has behind it; none where its record cannot be read."""
    try:
        return [leg.written() for leg in read_run(folder).legs]
    except UserError:
        return []  # damaged; that is no reason not to go on


def _revision(folder: RunFolder) -> int:
    try:
        return read_run(folder).revision
    except UserError:
        return 0  # a new run, or a damaged one


def _check(folder: RunFolder) -> None:
    """Raise UserError when something else is in the place of what a run writes on."""
    folder.key()
    for path in (folder.metrics, *(folder.path / name for name in _WRITTEN)):
        if os.path.lexists(path) and plain_file_in(folder.path, path.name) is None:
            raise UserError(f"{path}: is no regular file: delete it, or train again")
