"""Files that may come from anywhere: read and written only where they are what they seem.

In a folder of somebody else's, a file may be a link to a secret of this machine, a pipe that never
ends or a device. None of them is read, none is written through.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

import portalocker

NO_LINK = getattr(os, "O_NOFOLLOW", 0)  # absent on Windows, as are the pipes
_NO_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def open_plain(path: Path, follow: bool = False) -> BinaryIO:
    """Open a file for reading; OSError for whatever is no regular file.

    A link is none either, unless it is to be followed because the user has named it.
    """
    return os.fdopen(opened(path, os.O_RDONLY | (0 if follow else NO_LINK)), "rb")


def read_plain(path: Path, limit: int) -> bytes:
    """Return the content of a regular file of at most so many bytes; OSError otherwise."""
    with open_plain(path) as file:
        size = min(os.fstat(file.fileno()).st_size, limit)
        content = file.read(size + 1)  # for `limit` bytes memory would be asked for
        if len(content) > size:  # it has grown since
            content += file.read(limit - size)
    if len(content) > limit:
        raise OSError(errno.EFBIG, f"is larger than {limit:,} bytes", str(path))
    return content


def open_new(path: Path) -> BinaryIO:
    """Open a file for writing it anew; OSError if there is anything but a regular file."""
    return os.fdopen(opened(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | NO_LINK), "wb")


def append_whole(path: Path, content: bytes) -> None:
    """Append everything or, when the disk is full, nothing; OSError then."""
    _append(path, content, is_line=False)


def append_lines(path: Path, lines: bytes) -> None:
    """Append whole lines, or nothing; OSError then.

    A last line that lacks its end, because its writer was killed, is ended first.
    """
    _append(path, lines, is_line=True)


def _append(path: Path, content: bytes, is_line: bool) -> None:
    file = opened(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | NO_LINK)
    try:
        _wait_for_others(file)
        size = os.fstat(file).st_size
        if is_line and size and os.lseek(file, -1, os.SEEK_END) >= 0 and os.read(file, 1) != b"\n":
            content = b"\n" + content
        try:
            _write_all(file, content)
        except BaseException:
            os.ftruncate(file, size)
            raise
    finally:
        os.close(file)


def _wait_for_others(file: int) -> None:
    """Let one process append at a time, and take back only what is its own; where files lock."""
    with contextlib.suppress(portalocker.LockException):
        portalocker.lock(file, portalocker.LockFlags.EXCLUSIVE)


def plain_file_in(folder: Path, name: str) -> Path | None:
    """Return the regular file of that name in a folder; None if it is none, or leads out of it."""
    path = folder / name
    try:
        leads_out = ".." in path.parts[len(folder.parts) :] or Path(name).is_absolute()
        is_inside = path.parent.resolve().is_relative_to(folder.resolve())
        is_file = stat.S_ISREG(path.lstat().st_mode)
    except (OSError, ValueError, RuntimeError):  # no such file, no such name, links in a circle
        return None
    return path if is_file and is_inside and not leads_out else None


def reason(error: OSError) -> str:
    """Say in a few words why a file cannot be used."""
    if error.errno == errno.ELOOP:
        return "is a link, which is not followed"
    return error.strerror or type(error).__name__


def opened(path: Path, flags: int) -> int:
    """Return the descriptor of a regular file; OSError for anything else."""
    try:
        file = os.open(path, flags | _NO_WAITING | getattr(os, "O_CLOEXEC", 0), 0o666)
    except ValueError as error:  # a name with a null byte, which no file can have
        raise OSError(errno.EINVAL, str(error), str(path)) from None
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise OSError(errno.EINVAL, "is no regular file", str(path))
    return file


def _write_all(file: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(file, left) :]
