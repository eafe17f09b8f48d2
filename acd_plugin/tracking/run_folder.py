"""The folder of one run: where its files are, and how they are read and written."""

from __future__ import annotations

import json
import os
import tempfile
import threading
import uuid
from pathlib import Path
from typing import Any

from acd_plugin.errors import UserError

JsonObject = dict[str, Any]


class RunFolder:
    """Paths inside ``results/<id>``.

    ``id`` and ``place`` are how users name the run; one that is kept in an archive has its files
    elsewhere, at ``path``.
    """

    def __init__(self, path: Path, place: Path | None = None, id: str | None = None) -> None:
        self.path = path
        self.place = place or path
        self.id = id or path.name
        self.checkpoints = path / "checkpoints"
        self.checkpoint_index = path / "checkpoints.json"
        self.metrics = path / "metrics.jsonl"
        self.evaluations = path / "evaluations.jsonl"
        self.communication = path / "communication.json"

    def __str__(self) -> str:
        return str(self.place)

    def latest_checkpoint(self) -> Path:
        """Return the checkpoint with the most environment steps; UserError when there is none."""
        found = [path for path in self.checkpoints.glob("*.pt") if path.stem.isdigit()]
        if not found:
            raise UserError(
                f"{self}: has no checkpoint (published copies have none); train with "
                "save_model=True"
            )
        return max(found, key=lambda path: int(path.stem))

    def key(self) -> str:
        """Return what identifies this run everywhere; a folder that has no such key gets one."""
        path = self.path / "key"
        try:
            with path.open("x") as file:
                file.write(uuid.uuid4().hex)
        except FileExistsError:
            pass
        except OSError as error:
            raise UserError(f"{self}: cannot be written ({error.strerror})") from None
        key = path.read_text().strip()
        if not key:
            raise UserError(f"{path}: is empty: delete it, and the run gets a new key")
        return key

    def known_key(self) -> str | None:
        """Return the key that the folder has, if it has one; writes nothing."""
        try:
            return (self.path / "key").read_text().strip() or None
        except OSError:
            return None


def new_folder(results: str) -> RunFolder:
    """Make the folder of a new run, with the next free number; OSError when that is not possible.

    Whoever makes several at once so gets them in order.
    """
    place = Path(results)
    taken = [int(path.name) for path in place.iterdir() if path.name.isdigit()]
    number = max(taken, default=0) + 1
    while True:
        try:
            (place / str(number)).mkdir()
        except FileExistsError:  # another process was faster
            number += 1
        else:
            return RunFolder(place / str(number))


def read_json(path: Path) -> JsonObject:
    """Read one of a run's JSON files; UserError, in one line, when it is damaged."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise UserError(
            f"{path}: cannot be read ({reason}): restore it, or delete this run's folder"
        ) from None
    if not isinstance(content, dict):
        raise UserError(f"{path}: must hold a JSON object, got {type(content).__name__}")
    return content


def check_writable(results: str) -> None:
    """Raise UserError when no run folder can be made in ``results``."""
    try:
        Path(results).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=results):
            pass
    except OSError as error:
        raise UserError(
            f"cannot write to the results folder '{results}' ({error.strerror}): "
            "choose another one with local_results_path=FOLDER"
        ) from None


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that whoever looks sees the old or the new content, never a part."""
    # Named by process and thread: Sacred writes from its heartbeat's thread as well.
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
