"""A seal on a file of PyTorch's: a checksum of all that stands before it.

Such a file is a ZIP archive, and the seal its comment: other readers do not mind it.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from typing import BinaryIO, cast

_SEAL = b"sha256:"
_DIGEST = 64  # letters after it
_LENGTH = 2  # bytes at an archive's end that say how long its comment is
_PORTION = 2**20  # bytes that are read at once


class SealError(ValueError):
    """A file is not what was sealed."""


def write_sealed(save: Callable[[BinaryIO], object], file: BinaryIO) -> None:
    """Let an archive be saved into a file, and seal it; nothing of it is copied in memory.

    Raises OSError when that is not possible.
    """
    archive = _Archive(file)
    save(cast(BinaryIO, archive))
    archive.seal()


class _Archive:
    """Passes on what is written to it, but for the last two bytes: of a comment that is empty.

    PyTorch does not bear a mistake in the middle of an archive: it is kept for the end.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._last = b""
        self._error: BaseException | None = None

    def write(self, data: bytes) -> int:
        if self._error is None:
            try:
                self._add(data)
            except BaseException as error:
                self._error = error
        return len(data)

    def flush(self) -> None:
        """PyTorch asks for it."""

    def seal(self) -> None:
        """End the file; raises what was kept."""
        if self._error is not None:
            raise self._error
        self._pass_on((len(_SEAL) + _DIGEST).to_bytes(_LENGTH, "little") + _SEAL)
        self._file.write(self._digest.hexdigest().encode())

    def _add(self, data: bytes) -> None:
        if len(data) < _LENGTH:  # the last two are not all in it
            data = self._last + data
        else:
            self._pass_on(self._last)
        self._pass_on(memoryview(data)[:-_LENGTH])
        self._last = bytes(data[-_LENGTH:])

    def _pass_on(self, data: bytes | memoryview) -> None:
        self._digest.update(data)
        self._file.write(data)


def check_seal(file: BinaryIO) -> bool:
    """Return whether a file has a seal; SealError where it is of another content."""
    size = file.seek(0, io.SEEK_END)
    if size < len(_SEAL) + _DIGEST:
        return False
    file.seek(-len(_SEAL) - _DIGEST, io.SEEK_END)
    seal = file.read()
    if not seal.startswith(_SEAL):
        return False
    digest = hashlib.sha256()
    file.seek(0)
    left = size - _DIGEST
    while left and (portion := file.read(min(left, _PORTION))):
        digest.update(portion)
        left -= len(portion)
    if digest.hexdigest().encode() != seal.removeprefix(_SEAL):
        raise SealError("its checksum is another: it was damaged or altered")
    return True
