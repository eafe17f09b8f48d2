"""The folder of one run: where its files are, and how they are read and written."""

from __future__ import annotations

import json
import os
import re
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from acd_plugin.errors import UserError
from acd_plugin.tracking.plain_files import open_new, open_plain, read_plain, reason
from acd_plugin.tracking.plain_values import parse_json

JsonObject = dict[str, Any]

_LARGEST_JSON = 2**25  # bytes; MongoDB's documents end at half of it
_LARGEST_KEY = 64  # letters
_CHECKPOINT = re.compile(r"(0|[1-9][0-9]{0,18})\.pt")


class NoCheckpointError(UserError):
    """A run cannot go on, nor be played."""


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
        self.owner = path / "owner.json"
        self.metrics = path / "metrics.jsonl"
        self.evaluations = path / "evaluations.jsonl"
        self.communication = path / "communication.json"
        self.games = path / "games.html"
        self.policy = path / "policy.safetensors"  # of a published copy

    def __str__(self) -> str:
        return str(self.place)

    @property
    def remedy(self) -> str:
        """What can be done when its record is damaged."""
        if self.place != self.path or self.path.is_file():
            return "get another copy of the archive, or publish the runs again"
        return "restore it, or delete this run's folder and train it again"

    def latest_checkpoint(self) -> Path:
        """Return the checkpoint with the most environment steps; UserError when there is none."""
        found = self.stored_checkpoints()
        if not found:
            raise NoCheckpointError(
                f"{self}: has no checkpoint (as published copies, runs with save_model=False, and "
                "those that ended before their first): train it again"
            )
        return found[-1]

    def stored_checkpoints(self) -> list[Path]:
        """Return the files ``STEPS.pt``, the one with the fewest environment steps first.

        Whatever else lies beside them is none of ours: other names, folders, links, pipes.
        """
        try:
            with os.scandir(self.checkpoints) as entries:
                names = [
                    entry.name
                    for entry in entries
                    if _CHECKPOINT.fullmatch(entry.name) and entry.is_file(follow_symlinks=False)
                ]
        except OSError:
            return []
        return [self.checkpoints / name for name in sorted(names, key=_steps)]

    def key(self) -> str:
        """Return what identifies this run everywhere; a folder that has no such key gets one."""
        path = self.path / "key"
        if not os.path.lexists(path):
            try:
                _write_once(path, uuid.uuid4().hex.encode())
            except OSError as error:
                raise UserError(f"{self}: cannot be written ({error.strerror})") from None
        key = self.known_key()
        if key is None:
            what = "holds no key" if os.path.lexists(path) and path.lstat().st_size else "is empty"
            raise UserError(f"{path}: {what}: delete it, and the run gets a new key")
        return key

    def known_key(self) -> str | None:
        """Return the key that the folder has, if it has one; writes nothing."""
        try:
            key = read_plain(self.path / "key", _LARGEST_KEY).decode("ascii").strip()
        except (OSError, ValueError):
            return None
        return key if key.isalnum() else None


def _steps(checkpoint: str) -> int:
    return int(checkpoint.removesuffix(".pt"))


def new_folder(results: str) -> RunFolder:
    """Make the folder of a new run, with the next free number; OSError when that is not possible.

    Whoever makes several at once so gets them in order.
    """
    place = Path(results)
    taken = [int(path.name) for path in place.iterdir() if path.name.isdecimal()]
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
        content = parse_json(read_plain(path, _LARGEST_JSON))
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: cannot be read ({_why(error)})") from None
    if not isinstance(content, dict):
        raise UserError(f"{path}: must hold a JSON object, got {type(content).__name__}")
    return content


def _why(error: OSError | ValueError) -> str:
    if isinstance(error, OSError):
        return reason(error)
    return "JSONDecodeError" if isinstance(error, json.JSONDecodeError) else str(error)


def check_writable(
    results: str, remedy: str = "choose another one with local_results_path=FOLDER"
) -> None:
    """Raise UserError, which tells the remedy, when no run folder can be made in ``results``."""
    try:
        Path(results).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=results):
            pass
    except OSError as error:
        raise UserError(
            f"cannot write to the results folder '{results}' ({error.strerror}): {remedy}"
        ) from None


def _write_once(path: Path, content: bytes) -> None:
    """Write a file as a whole that replaces none: of several who do so, the first counts."""
    with _written_aside(path, content) as temporary:
        try:
            os.link(temporary, path)
        except FileExistsError:
            return
        except OSError:  # a file system without links
            temporary.replace(path)


def write_atomically(path: Path, content: bytes | Callable[[BinaryIO], object]) -> None:
    """Write a file so that whoever looks sees the old or the new content, never a part.

    Content that is large is written by a function, and never in memory as a whole.
    """
    with _written_aside(path, content) as temporary:
        temporary.replace(path)


def refuse_lost_link(path: Path) -> None:
    """Raise UserError for a link to what is not there, which a new file would replace."""
    if path.is_symlink() and not path.exists():
        raise UserError(
            f"{path}: is a link to what is not there: remove it, or choose another name"
        )


def refuse_to_replace(path: Path, is_own: Callable[[BinaryIO], bool], writer: str) -> None:
    """Raise UserError where a file lies whose content is not what ``writer``, a command, writes.

    ``is_own`` looks at the file, of which it need not read all.
    """
    refuse_lost_link(path)
    try:
        with open_plain(path, follow=True) as file:
            if is_own(file):
                return
    except FileNotFoundError:
        return
    except OSError as error:
        raise UserError(f"{path}: cannot be written ({reason(error)})") from None
    raise UserError(
        f"{path}: is there and was not written by {writer}: choose another --out FILE{path.suffix}"
    )


def write_named(path: Path, content: bytes) -> None:
    """Write a file where a user wants it, its folders too; UserError when that cannot be."""
    refuse_lost_link(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content)
    except OSError as error:
        raise UserError(f"{path}: cannot be written ({reason(error)})") from None


@contextmanager
def _written_aside(path: Path, content: bytes | Callable[[BinaryIO], object]) -> Iterator[Path]:
    """Yield a file with the content, beside the one that it is for, and remove it if it is left."""
    write = content if callable(content) else lambda file: file.write(content)
    # Named by process and thread: Sacred writes from its heartbeat's thread as well.
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.tmp")
    try:
        with open_new(temporary) as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)
