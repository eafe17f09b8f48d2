"""Read PyTorch's files without trusting what they say of themselves.

A file is a ZIP archive of numbers, and a pickle that says what they are. PyTorch's own reader runs
no code from it, but believes the rest: sizes, lengths, checksums. Here nothing is allocated before
what is claimed was compared with what is there, the checksum of every record counts, and only what
a checkpoint consists of is understood: tensors, numbers, texts, and lists and dictionaries of them.
"""

from __future__ import annotations

import io
import math
import pickle
import pickletools
import sys
import zipfile
from collections import OrderedDict
from typing import Any, BinaryIO, NamedTuple

import torch
from torch import Tensor

from acd_plugin.tracking.plain_values import DEEPEST, check_text

_MOST_RECORDS = 100_000
_LARGEST_PICKLE = 2**27  # bytes
_LARGEST_AXIS = 2**40
# What PyTorch writes, pickle's second protocol. Later ones can ask for memory that nothing fills.
_STEPS = frozenset(
    (
        *("PROTO", "STOP", "MARK", "GLOBAL", "REDUCE", "BUILD", "BINPERSID"),
        *("BINPUT", "LONG_BINPUT", "BINGET", "LONG_BINGET", "NONE", "NEWTRUE", "NEWFALSE"),
        *("BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE"),
        *("EMPTY_DICT", "SETITEM", "SETITEMS", "EMPTY_LIST", "APPEND", "APPENDS"),
        *("EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3"),
    )
)


class UnreadableError(ValueError):
    """The file is damaged, or holds what no checkpoint does."""


def read_torch_file(file: BinaryIO) -> object:
    """Return what a file holds, on the CPU; UnreadableError, in one line, otherwise."""
    try:
        with zipfile.ZipFile(file) as archive:
            return _Content(archive, file.seek(0, io.SEEK_END)).read()
    except UnreadableError:
        raise
    except Exception as error:  # whatever a parser stumbles over in a damaged file
        told = str(error).splitlines()[0][:200] if str(error).strip() else type(error).__name__
        raise UnreadableError(told) from None


class _Storage(NamedTuple):
    """Numbers in a record of the archive."""

    dtype: torch.dtype
    record: str
    length: int


class _Claim(NamedTuple):
    storage: _Storage
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]


class _Tensor(_Claim):
    """A tensor as the pickle describes it: inside its storage, and no larger."""

    __slots__ = ()

    def __new__(
        cls, storage: _Storage, offset: int, size: tuple[int, ...], stride: tuple[int, ...], *_: Any
    ) -> _Tensor:
        numbers = (offset, *size, *stride)
        if type(storage) is not _Storage or len(size) != len(stride):
            raise UnreadableError("a tensor is described wrongly")
        if not all(type(number) is int and 0 <= number <= _LARGEST_AXIS for number in numbers):
            raise UnreadableError(f"a tensor has the size {size}")
        last = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
        if math.prod(size) and (last >= storage.length or math.prod(size) > storage.length):
            raise UnreadableError(f"a tensor of the size {size} has {storage.length:,} numbers")
        return super().__new__(cls, storage, offset, tuple(size), tuple(stride))


class _Parameter:
    """What PyTorch wraps a trainable tensor in."""

    def __new__(cls, data: object, *_: object) -> object:  # type: ignore[misc]
        return data


class _Names(OrderedDict[object, object]):
    """What `torch.nn.Module.state_dict` returns, with the versions of the modules."""

    def __setstate__(self, state: dict[str, dict[str, dict[str, int]]]) -> None:
        versions = state["_metadata"]
        for name, version in versions.items():
            if type(name) is not str or set(version) - {"version"}:
                raise UnreadableError("the versions of modules are damaged")
            if not all(type(number) is int for number in version.values()):
                raise UnreadableError("the versions of modules are damaged")
        self._metadata = versions


_GLOBALS: dict[tuple[str, str], object] = {
    ("collections", "OrderedDict"): _Names,
    ("torch", "Size"): tuple,
    ("torch._utils", "_rebuild_tensor_v2"): _Tensor,
    ("torch._utils", "_rebuild_parameter"): _Parameter,
    **{
        ("torch", f"{name}Storage"): dtype
        for name, dtype in {
            "Double": torch.float64,
            "Float": torch.float32,
            "Half": torch.float16,
            "BFloat16": torch.bfloat16,
            "Long": torch.int64,
            "Int": torch.int32,
            "Short": torch.int16,
            "Char": torch.int8,
            "Byte": torch.uint8,
            "Bool": torch.bool,
        }.items()
    },
}


class _Unpickler(pickle.Unpickler):
    """Makes descriptions of tensors and plain values; nothing else has a name here."""

    def __init__(self, data: bytes, records: dict[str, int]) -> None:
        super().__init__(io.BytesIO(data))
        self._records = records  # name -> bytes

    def find_class(self, module: str, name: str) -> object:
        try:
            return _GLOBALS[module, name]
        except KeyError:
            raise UnreadableError(f"holds a {module}.{name}, which no checkpoint does") from None

    def persistent_load(self, pid: object) -> _Storage:
        if not isinstance(pid, tuple):
            raise UnreadableError("the numbers of a tensor are described wrongly")
        kind, dtype, key, _, length = pid
        if kind != "storage" or not isinstance(dtype, torch.dtype) or type(length) is not int:
            raise UnreadableError("the numbers of a tensor are described wrongly")
        there = self._records.get(f"data/{key}")
        if there is None or length * dtype.itemsize != there:
            raise UnreadableError(f"tells of {length} numbers where there are {there or 0} bytes")
        return _Storage(dtype, f"data/{key}", length)


class _Content:
    """The records of one archive."""

    def __init__(self, archive: zipfile.ZipFile, size: int) -> None:
        entries = archive.infolist()
        packed = any(entry.compress_type != zipfile.ZIP_STORED for entry in entries)
        if packed or sum(entry.file_size for entry in entries) > size:
            raise UnreadableError("says that it is larger than it is")
        if len(entries) > _MOST_RECORDS:
            raise UnreadableError(f"holds more than {_MOST_RECORDS:,} records")
        (pickled,) = (entry.filename for entry in entries if entry.filename.endswith("/data.pkl"))
        self._archive = archive
        self._prefix = pickled.removesuffix("data.pkl")
        self._sizes = {
            entry.filename.removeprefix(self._prefix): entry.file_size for entry in entries
        }
        if len(self._sizes) != len(entries):
            raise UnreadableError("holds two records of one name")
        self._storages: dict[str, Tensor] = {}
        self._left = 0  # values that may still be built

    def read(self) -> object:
        if self._sizes["data.pkl"] > _LARGEST_PICKLE:
            raise UnreadableError(f"describes its content in more than {_LARGEST_PICKLE:,} bytes")
        if "byteorder" in self._sizes and self._record("byteorder") != sys.byteorder.encode():
            raise UnreadableError("was written by a machine with another order of bytes")
        described = self._record("data.pkl")
        self._left = 1000 + 4 * _checked(described)  # a list may be in several places, not in all
        return self._built(_Unpickler(described, self._sizes).load())

    def _record(self, name: str) -> bytes:
        return self._archive.read(self._prefix + name)

    def _built(self, value: object, depth: int = 0) -> object:
        """Return a value with tensors in the place of their descriptions."""
        self._left -= 1
        if depth > DEEPEST or self._left < 0:
            raise UnreadableError("is nested too deeply")
        if isinstance(value, _Tensor):
            return self._tensor(value)
        if type(value) is list:
            return [self._built(inner, depth + 1) for inner in value]
        if type(value) is tuple:
            return tuple(self._built(inner, depth + 1) for inner in value)
        if type(value) is dict or isinstance(value, _Names):
            if not all(type(key) in (str, int) for key in value):
                raise UnreadableError("has a name that is no text")
            for key in value:
                check_text(str(key))
                value[key] = self._built(value[key], depth + 1)
            return value
        if isinstance(value, str):
            check_text(value)
        elif isinstance(value, float):
            if not math.isfinite(value):
                raise UnreadableError(f"holds the number {value}")
        elif not (value is None or isinstance(value, int | Tensor)):
            raise UnreadableError(f"holds a {type(value).__name__}, which no checkpoint does")
        return value

    def _tensor(self, claim: _Tensor) -> Tensor:
        storage = claim.storage
        if storage.record not in self._storages:
            content = bytearray(self._record(storage.record))
            self._storages[storage.record] = torch.frombuffer(
                content or bytearray(8), dtype=torch.uint8
            )
        whole = self._storages[storage.record].view(storage.dtype)
        tensor = whole.as_strided(claim.size, claim.stride, claim.offset)
        if tensor.is_floating_point() and tensor.numel():
            low, high = torch.aminmax(tensor)
            if not (torch.isfinite(low) and torch.isfinite(high)):
                raise UnreadableError(f"holds numbers that are not finite ({low} to {high})")
        return tensor


def _checked(pickled: bytes) -> int:
    """Return of how many steps a pickle consists; UnreadableError for any that we do not know."""
    count = 0
    for code, argument, _ in pickletools.genops(pickled):
        count += 1
        if code.name not in _STEPS:
            raise UnreadableError(f"is described with {code.name}")
        if code.name == "LONG_BINPUT" and int(argument or 0) > len(pickled):
            raise UnreadableError("is described with a place that is too far away")
    return count
