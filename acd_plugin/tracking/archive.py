"""Many runs in one file, ``*.tar.xz``, which holds ``RUN/FILE`` for every file of every run.

An archive may come from anywhere: only regular files are taken out of it, of a bounded number and
size, and nothing outside the folder that it is unpacked into can be written.
"""

from __future__ import annotations

import atexit
import functools
import io
import lzma
import os
import shutil
import tarfile
import tempfile
import threading
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from acd_plugin.errors import UserError
from acd_plugin.tracking.plain_files import open_new, open_plain
from acd_plugin.tracking.run_folder import write_atomically

if TYPE_CHECKING:
    from typing_extensions import Self

ENDING = ".tar.xz"
_MOST_BYTES = 2**30  # of the content; all published runs together have 16 MiB
_MOST_FILES = 200_000
_MOST_MEMORY = 2**28  # bytes, to unpack; what `pack` makes takes a quarter of it
_PORTION = 2**16  # bytes that are unpacked at once
_LONG_HEADS = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME)  # of a long name, say
_LONGEST_HEAD = 2**16  # bytes
_ONE_AT_A_TIME = threading.Lock()
# The last one is of an archive that is all heads.
_UNREADABLE = (OSError, EOFError, lzma.LZMAError, tarfile.TarError, ValueError, RecursionError)


def is_archive(path: Path) -> bool:
    """Return whether there is an archive at this path."""
    return path.name.endswith(ENDING) and path.is_file()


def unpacked(archive: Path) -> Path:
    """Return a folder with the content, which is removed when the program ends.

    It is for reading. Raises UserError when the archive cannot be read, or must not be.
    """
    try:
        state = archive.stat()
    except OSError as error:  # a link to nowhere, say
        raise UserError(f"{archive}: cannot be read ({error.strerror})") from None
    wanted = (archive.resolve(), state.st_mtime_ns, state.st_size)
    with _ONE_AT_A_TIME:
        if not _unpacked_once(*wanted).is_dir():  # somebody has tidied up
            _unpacked_once.cache_clear()
        return _unpacked_once(*wanted)


@functools.cache
def _unpacked_once(archive: Path, *_: int) -> Path:
    try:
        folder = tempfile.mkdtemp(prefix=f"{archive.name}.")
    except OSError as error:
        raise UserError(
            f"{archive}: there is no place to unpack it ({error.strerror}): set TMPDIR to a folder "
            "that can be written"
        ) from None
    atexit.register(_remove, folder, os.getpid())
    try:
        unpack(archive, Path(folder))
    except UserError:
        _remove(folder, os.getpid())
        raise
    return Path(folder)


def _remove(folder: str, owner: int) -> None:
    if os.getpid() == owner:  # no copy of the process, which may end long before it
        shutil.rmtree(folder, ignore_errors=True)


def unpack(archive: Path, folder: Path) -> None:
    """Write the content of an archive into a folder; UserError as of `unpacked`."""
    try:
        with open_plain(archive, follow=True) as file:
            content = _Content(file)
            packed = cast(IO[bytes], content)
            with tarfile.open(fileobj=packed, mode="r|", tarinfo=_Entry) as tar:
                for number, member in enumerate(tar):
                    if number >= _MOST_FILES:
                        raise tarfile.ReadError(f"it holds more than {_MOST_FILES:,} files")
                    _write(tar, member, folder)
            content.finish()
    except _UNREADABLE as error:
        raise UserError(
            f"{archive}: not a readable archive of runs ({error}): get another copy of "
            "it, or publish the runs again"
        ) from None


class _Content:
    """What is packed in a file, as it is needed; OSError where there is more than is bearable."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MOST_MEMORY)
        self._left = _MOST_BYTES

    def read(self, size: int) -> bytes:
        """Return so many bytes, fewer at the end."""
        pieces: list[bytes] = []
        while size and not self._unpacker.eof:
            packed = self._file.read(_PORTION) if self._unpacker.needs_input else b""
            if self._unpacker.needs_input and not packed:
                raise EOFError("it is cut off")
            pieces.append(self._unpacker.decompress(packed, size))
            size -= len(pieces[-1])
            self._left -= len(pieces[-1])
            if self._left < 0:
                raise tarfile.ReadError(f"it holds more than {_MOST_BYTES:,} bytes")
        return b"".join(pieces)

    def finish(self) -> None:
        """Read to the end, where it shows whether all was as it was packed.

        tarfile takes the first damaged head for the end.
        """
        while self.read(_PORTION):
            pass
        if self._unpacker.unused_data or self._file.read(1):
            raise tarfile.ReadError("something follows its end")


class _Entry(tarfile.TarInfo):
    """The head of a file in an archive, refused before anything behind it is read."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        entry = super().frombuf(buf, encoding, errors)
        is_small = entry.type in _LONG_HEADS and entry.size <= _LONGEST_HEAD
        if not (is_small or entry.isreg() or entry.isdir()):
            raise tarfile.ReadError(f"'{entry.name}' is no plain file inside of it")
        return entry


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    name = PurePosixPath(member.name)
    is_file = member.isreg() and not member.issparse()  # which may grow beyond all bounds
    if name.is_absolute() or ".." in name.parts or not (is_file or member.isdir()):
        raise tarfile.ReadError(f"'{member.name}' is no plain file inside of it")
    if data := tar.extractfile(member):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with open_new(path) as file:
            shutil.copyfileobj(data, file)


def pack(folder: Path, archive: Path) -> None:
    """Write all files of a folder into an archive; equal files give equal bytes."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:xz", preset=9) as tar:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            # Neither owner nor time of the file: both are none of a new entry.
            entry = tarfile.TarInfo(path.relative_to(folder).as_posix())
            data = path.read_bytes()
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    write_atomically(archive, content.getvalue())
