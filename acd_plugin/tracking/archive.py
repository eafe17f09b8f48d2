"""Many runs in one file, ``*.tar.xz``, which holds ``RUN/FILE`` for every file of every run.

An archive may come from anywhere: only regular files are taken out of it, of a bounded number and
size, and nothing outside the folder that it is unpacked into can be written.
"""

from __future__ import annotations

import functools
import io
import lzma
import tarfile
import tempfile
import threading
from pathlib import Path, PurePosixPath

from acd_plugin.errors import UserError
from acd_plugin.tracking.run_folder import write_atomically

ENDING = ".tar.xz"
_MOST_BYTES = 2**30  # of the content; all published runs together have 16 MiB
_MOST_FILES = 200_000
_ONE_AT_A_TIME = threading.Lock()


def is_archive(path: Path) -> bool:
    """Return whether there is an archive at this path."""
    return path.name.endswith(ENDING) and path.is_file()


def unpacked(archive: Path) -> Path:
    """Return a folder with the content, which is removed when the program ends.

    It is for reading. Raises UserError when the archive cannot be read, or must not be.
    """
    state = archive.stat()
    with _ONE_AT_A_TIME:
        return Path(_unpacked_once(archive.resolve(), state.st_mtime_ns, state.st_size).name)


@functools.cache
def _unpacked_once(archive: Path, *_: int) -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory(prefix=f"{archive.name}.")
    unpack(archive, Path(folder.name))
    return folder


def unpack(archive: Path, folder: Path) -> None:
    """Write the content of an archive into a folder; UserError as of `unpacked`."""
    try:
        with lzma.open(archive) as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise tarfile.ReadError(f"it holds more than {_MOST_BYTES:,} bytes")
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as tar:
            for number, member in enumerate(tar):
                if number >= _MOST_FILES:
                    raise tarfile.ReadError(f"it holds more than {_MOST_FILES:,} files")
                _write(tar, member, folder)
    except (OSError, EOFError, lzma.LZMAError, tarfile.TarError, ValueError) as error:
        raise UserError(f"{archive}: not a readable archive of runs ({error})") from None


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    name = PurePosixPath(member.name)
    is_file = member.isreg() and not member.issparse()  # which may grow beyond all bounds
    if name.is_absolute() or ".." in name.parts or not (is_file or member.isdir()):
        raise tarfile.ReadError(f"'{member.name}' is no plain file inside of it")
    if data := tar.extractfile(member):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.read())


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
