"""One owner at a time: a lock on a file, which ends with the process that holds it.

The operating system keeps the lock, so that neither clocks nor a kill can mislead anybody. Network
file systems keep it too where their server knows locks (NFS from version 4, or with its lock
service): a share that is mounted without them, or without locks of its own, keeps nobody out.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import socket
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import portalocker
from portalocker import LockFlags

from acd_plugin.errors import UserError
from acd_plugin.tracking.plain_files import NO_LINK, opened, read_plain, reason
from acd_plugin.tracking.plain_values import parse_json

logger = logging.getLogger("acd_plugin")

_ATTEMPTS, _BETWEEN = 10, 0.02  # who only asks holds a lock for a moment; seconds
_MOST_BYTES = 4096


class OwnedError(UserError):
    """Another process has it."""


class Ownership:
    """A file that this process holds until it ends; the content says who that is."""

    def __init__(self, path: Path, file: int) -> None:
        self._path = path
        self._file = file
        self.told: dict[str, object] = {}  # by whoever held it last, then by us
        if hasattr(os, "register_at_fork"):
            _close_in_children(self)

    def tell(self, **facts: object) -> None:
        """Write into the file who holds it, and what else others may want to know."""
        self.told |= facts
        content = (json.dumps(self.told) + "\n").encode()
        with contextlib.suppress(OSError):  # a full disk does not matter: the lock is what counts
            os.ftruncate(self._file, 0)
            os.lseek(self._file, 0, os.SEEK_SET)
            os.write(self._file, content)

    def release(self) -> None:
        """Let others have it."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


@contextmanager
def owned(path: Path, name: object) -> Iterator[Ownership]:
    """Hold a file; it is made if there is none, and stays.

    Raises OwnedError, which calls what is owned by ``name`` and says who has it, and UserError when
    the file cannot be opened. Where the file system has no locks, that is told, and nobody is kept
    out.
    """
    try:
        file = opened(path, os.O_RDWR | os.O_CREAT | NO_LINK)
    except OSError as error:
        raise UserError(f"{path}: cannot be written ({reason(error)})") from None
    ownership = Ownership(path, file)
    try:
        _lock(file, path, name)
        ownership.told = told_by_owner(path)
        ownership.tell(**_me())
        yield ownership
    finally:
        ownership.release()


def is_owned(path: Path) -> bool | None:
    """Return whether a living process holds a file; None where that cannot be asked.

    That is so where nobody has ever held it, and on a file system without locks.
    """
    try:
        file = opened(path, os.O_RDONLY | NO_LINK)
    except OSError:
        return None
    try:
        portalocker.lock(file, LockFlags.SHARED | LockFlags.NON_BLOCKING)
    except portalocker.AlreadyLocked:
        return True
    except portalocker.LockException:
        return None
    finally:
        os.close(file)
    return False


def told_by_owner(path: Path) -> dict[str, Any]:
    """Return what the last owner has written, whether it still holds the file or not."""
    try:
        told = parse_json(read_plain(path, _MOST_BYTES))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def owner_in_words(path: Path) -> str:
    """Return who holds, or was the last to hold, a file."""
    told = told_by_owner(path)
    if not told.keys() >= {"host", "pid", "since"}:
        return "another process"
    host, pid, since = (str(told[key])[:80] for key in ("host", "pid", "since"))
    return f"process {pid} on {host}, since {since}"


def _lock(file: int, path: Path, name: object) -> None:
    for attempt in range(_ATTEMPTS):
        try:
            return portalocker.lock(file, LockFlags.EXCLUSIVE | LockFlags.NON_BLOCKING)
        except portalocker.AlreadyLocked:
            if attempt < _ATTEMPTS - 1:
                time.sleep(_BETWEEN)
        except portalocker.LockException as error:
            return logger.warning(
                "%s: its file system has no locks (%s): see to it yourself that no other process "
                "writes there",
                path.parent,
                error,
            )
    raise OwnedError(
        f"{name} is in use by {owner_in_words(path)}: wait for it, or stop it, and try again"
    )


def _close_in_children(ownership: Ownership) -> None:
    """Let forked processes, which may outlive their parent, hold nothing."""
    parents = weakref.ref(ownership)

    def close() -> None:
        if (inherited := parents()) is not None:
            inherited.release()

    os.register_at_fork(after_in_child=close)


def _me() -> dict[str, object]:
    now = datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")
    return {"host": socket.gethostname(), "pid": os.getpid(), "since": now}
