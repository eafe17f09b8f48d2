"""A seal tells whether a file is what was written, and a full disk is told as such."""

from __future__ import annotations

import errno
import io
import random
import zipfile
from typing import Any

import pytest
import torch

from acd_plugin.tracking.sealed_file import SealError, check_seal, write_sealed

STATE: dict[str, Any] = {"a": torch.arange(1000.0), "b": [1, "two"]}


def sealed() -> bytes:
    file = io.BytesIO()
    write_sealed(lambda archive: torch.save(STATE, archive), file)
    return file.getvalue()


def test_a_sealed_file_is_an_archive_with_a_comment() -> None:
    content = sealed()
    assert check_seal(io.BytesIO(content))
    assert zipfile.ZipFile(io.BytesIO(content)).comment.startswith(b"sha256:")
    assert torch.equal(torch.load(io.BytesIO(content), weights_only=True)["a"], STATE["a"])


def test_any_byte_that_is_another_breaks_the_seal() -> None:
    content, rng = bytearray(sealed()), random.Random(0)
    for place in rng.sample(range(len(content) - 71), 50):
        content[place] ^= 1 << rng.randrange(8)
        with pytest.raises(SealError, match="damaged or altered"):
            check_seal(io.BytesIO(content))
        content = bytearray(sealed())


def test_a_file_without_a_seal_has_none() -> None:
    plain = io.BytesIO()
    torch.save(STATE, plain)
    assert not check_seal(plain)
    assert not check_seal(io.BytesIO())


@pytest.mark.parametrize("pieces", [[b"abcd"], [b"a", b"b", b"c", b"d"], [b"ab", b"", b"cd"]])
def test_pieces_may_be_of_any_size(pieces: list[bytes]) -> None:
    file = io.BytesIO()
    write_sealed(lambda archive: [archive.write(piece) for piece in pieces], file)
    assert file.getvalue().startswith(b"ab\x47\x00sha256:")


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt()])
def test_what_stops_the_writing_is_told_when_pytorch_is_done(error: BaseException) -> None:
    class Full(io.BytesIO):
        def write(self, _: object) -> int:
            raise error

    with pytest.raises(type(error)):
        write_sealed(lambda archive: torch.save(STATE, archive), Full())
