"""PyTorch's files are read as PyTorch reads them, and no further than they tell the truth."""

from __future__ import annotations

import io
import pickle
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from acd_plugin.tracking.torch_file import UnreadableError, read_torch_file
from tests.tracking.test_checkpoint import same

resource = pytest.importorskip("resource")  # how much memory was used: POSIX alone tells

BASE = torch.arange(24.0).reshape(2, 3, 4)
CONTENT: dict[str, Any] = {
    "plain": [None, True, False, 0, -1, 2**70, 1.5, "", "ä漢", (), (1, (2,)), {}, {3: []}],
    "kinds": [
        torch.ones(3, dtype=kind)
        for kind in (torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int8)
    ],
    "flags": torch.tensor([True, False]),
    "empty": torch.zeros(0, 5),
    "single": torch.tensor(4.0),
    "views": [BASE, BASE[1], BASE[..., 1:], BASE.transpose(0, 2)],  # of one storage
    "module": nn.BatchNorm1d(3).state_dict(),
    "parameter": nn.Parameter(torch.zeros(2)),
    "size": torch.Size([1, 2]),
    "generator": torch.get_rng_state(),
}


def saved(content: object) -> bytes:
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


def read(content: bytes) -> Any:
    return read_torch_file(io.BytesIO(content))


def test_what_pytorch_reads_is_read() -> None:
    found = read(saved(CONTENT))
    assert same(torch.load(io.BytesIO(saved(CONTENT)), weights_only=True), found)
    assert [tensor.dtype for tensor in found["kinds"]] == [one.dtype for one in CONTENT["kinds"]]
    assert [view.stride() for view in found["views"]] == [v.stride() for v in CONTENT["views"]]
    assert found["module"]._metadata == CONTENT["module"]._metadata
    nn.BatchNorm1d(3).load_state_dict(found["module"])


def test_views_share_their_storage_as_they_did() -> None:
    first, second, *_ = read(saved(CONTENT))["views"]
    first[1] = -1.0
    assert (second == -1.0).all()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("make", [lambda x: x, lambda x: torch.tensor([0.0, x]).half()])
def test_numbers_are_finite(value: float, make: Callable[[float], Any]) -> None:
    with pytest.raises(UnreadableError, match=r"not finite|the number"):
        read(saved({"a": [make(value)]}))


def rebuilt(content: bytes, changes: dict[str, bytes], packed: bool = False) -> bytes:
    """The archive with other records, whose checksums are right."""
    file = io.BytesIO()
    kind = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", kind) as new:
        for name in old.namelist():
            record = changes.get(name.partition("/")[2], old.read(name))
            new.writestr(name, record)
    return file.getvalue()


def described(*steps: bytes) -> bytes:
    """A file whose content is what these steps of a pickle say, beside a storage of 3 floats."""
    return rebuilt(saved(torch.arange(3.0)), {"data.pkl": b"\x80\x02" + b"".join(steps) + b"."})


def word(text: str) -> bytes:
    return b"X" + struct.pack("<I", len(text)) + text.encode()


def number(value: int) -> bytes:
    return b"\x8a\x0a" + value.to_bytes(10, "little", signed=True)


def name(module: str, attribute: str) -> bytes:
    return f"c{module}\n{attribute}\n".encode()


def tensor(length: int, offset: int, size: list[int], stride: list[int]) -> bytes:
    storage = [word("storage"), name("torch", "FloatStorage"), word("0"), word("cpu")]
    numbers = [b"(" + b"".join(map(number, each)) + b"t" for each in (size, stride)]
    hooks = name("collections", "OrderedDict") + b")R"
    rebuild = name("torch._utils", "_rebuild_tensor_v2")
    pid = b"(" + b"".join(storage) + number(length) + b"tQ"
    return rebuild + b"(" + pid + number(offset) + b"".join(numbers) + b"\x89" + hooks + b"tR"


def test_the_files_of_these_tests_are_what_pytorch_reads() -> None:
    content = described(tensor(3, 0, [3], [1]))
    assert torch.equal(read(content), torch.load(io.BytesIO(content), weights_only=True))


LIES = {
    "terabytes": tensor(2**40, 0, [2**40], [1]),
    "a number more than there is": tensor(4, 0, [4], [1]),
    "fewer": tensor(2, 0, [2], [1]),
    "behind its end": tensor(3, 1, [3], [1]),
    "far behind its end": tensor(3, 2**60, [1], [1]),
    "before its beginning": tensor(3, -1, [1], [1]),
    "a number a trillion times": tensor(3, 0, [2**40], [0]),
    "more strides than axes": tensor(3, 0, [3], [1, 1]),
    "a size below 0": tensor(3, 0, [-1], [1]),
    "an axis without end": tensor(3, 0, [0, 2**62], [1, 1]),
    "another record": tensor(3, 0, [3], [1]).replace(word("0"), word("7")),
    "a function": name("os", "mkdir") + b"(" + word("hacked") + b"tR",
    "memory": name("builtins", "bytearray") + number(2**45) + b"\x85R",
    "a tuple of nothing": name("torch", "Size") + number(2**45) + b"\x85R",
    "a place far away": b"]r\xff\xff\xff\x7f",
    "a text without end": b"X\xff\xff\xff\xffx",
    "a list in itself": b"]q\x00h\x00a",
    "lists in lists": b"]" * 5000 + b"a" * 4999,
    "a list doubled forty times": b"]q\x00"
    + b"".join(b"](h" + bytes([n]) + b"h" + bytes([n]) + b"eq" + bytes([n + 1]) for n in range(40)),
    "a name that is a list": b"}](K\x01eK\x02s",
    "a name that is a pair": b"}K\x01K\x02\x86K\x02s",
    "half of a character": word("").replace(b"\0\0\0\0", struct.pack("<I", 3)) + b"\xed\xa0\x80",
    "a class": name("collections", "OrderedDict"),
    "a set": b"\x8f",
    "methods of its own": (
        name("collections", "OrderedDict") + b")R}" + word("items") + b"K\x01sb"
    ),
    "nothing": b"",
    "too little": b"R",
}


@pytest.mark.parametrize("lie", LIES)
def test_what_a_file_claims_is_not_believed(
    lie: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(UnreadableError) as error:
        read(described(LIES[lie]))
    assert "\n" not in str(error.value)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # KiB
    assert list(tmp_path.iterdir()) == []


def test_no_packed_archive_is_unpacked() -> None:
    bomb = rebuilt(saved(torch.zeros(1000)), {"data/0": bytes(2**24)}, packed=True)
    assert len(bomb) < 100_000
    with pytest.raises(UnreadableError, match="larger than it is"):
        read(bomb)


def test_a_byte_that_was_flipped_is_found() -> None:
    content = bytearray(saved(torch.arange(3.0)))
    content[content.find(torch.arange(3.0).numpy().tobytes()) + 5] ^= 1
    assert torch.load(io.BytesIO(bytes(content)), weights_only=True)[1] != 1.0
    with pytest.raises(UnreadableError, match="CRC"):
        read(bytes(content))


def test_other_archives_and_pickles_are_none() -> None:
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    two = io.BytesIO()
    with zipfile.ZipFile(two, "w") as archive:
        for prefix in "ab":
            archive.writestr(f"{prefix}/data.pkl", b"N.")
    for content in (b"", b"PK", pickle.dumps(OrderedDict()), empty.getvalue(), two.getvalue()):
        with pytest.raises(UnreadableError):
            read(content)
