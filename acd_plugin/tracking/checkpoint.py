"""Checkpoints: versioned, sealed, written atomically, and unable to run code when they are read."""

from __future__ import annotations

import hashlib
import io
import json
import os
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import torch

from acd_plugin.errors import UserError
from acd_plugin.machine import free_memory
from acd_plugin.tracking.checkpoint_index import write_index
from acd_plugin.tracking.plain_files import open_plain, reason
from acd_plugin.tracking.plain_values import LARGEST_INTEGER, parse_json
from acd_plugin.tracking.recorded_config import check_config
from acd_plugin.tracking.run_folder import RunFolder, write_atomically
from acd_plugin.tracking.torch_file import UnreadableError, read_torch_file

FORMAT = 2  # raised whenever the content of a checkpoint changes its meaning; since 2 it is sealed
_READABLE = (1, 2)

# A file of PyTorch's is a ZIP archive, and the seal its comment: other readers do not mind it.
_SEAL = b"sha256:"
_DIGEST = 64  # letters after it: of all that stands before them
_LENGTH = 2  # bytes that say how long a comment is
_PORTION = 2**20  # bytes that are read at once


class Checkpoint(NamedTuple):
    """What a checkpoint file holds."""

    config: dict[str, Any]  # the merged configuration of the run
    scenario: str  # fingerprint of the environment it was trained on
    t_env: int
    state: dict[str, Any]  # `Training.state_dict()`


def save_checkpoint(folder: RunFolder, checkpoint: Checkpoint, keep: int) -> Path:
    """Write ``checkpoints/<t_env>.pt`` and delete all but the newest ``keep`` (0: none)."""
    payload = {
        "format": FORMAT,
        "config": json.dumps(checkpoint.config),
        "scenario": checkpoint.scenario,
        "t_env": checkpoint.t_env,
        "state": checkpoint.state,
    }
    folder.checkpoints.mkdir(exist_ok=True)
    path = folder.checkpoints / f"{checkpoint.t_env}.pt"
    write_atomically(path, partial(_write, payload))
    if keep:
        for old in folder.stored_checkpoints()[:-keep]:
            old.unlink()
    write_index(folder)
    return path


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint; UserError when it is missing, damaged, hostile or of another version."""
    try:
        with open_plain(path, follow=True) as file:
            is_sealed = _check_seal(file)
            payload = read_torch_file(file)
    except FileNotFoundError:
        raise UserError(f"{path}: no such checkpoint") from None
    except OSError as error:
        raise UserError(f"{path}: not a readable checkpoint ({reason(error)})") from None
    except UnreadableError as error:
        raise UserError(f"{path}: not a readable checkpoint ({error})") from None
    if not isinstance(payload, dict) or "format" not in payload:
        raise UserError(f"{path}: is a torch file, but not a checkpoint of this program")
    version = payload["format"]
    if type(version) is not int:
        raise UserError(f"{path}: is incomplete (its format is no number)")
    if version not in _READABLE:
        raise UserError(
            f"{path}: has checkpoint format {version!s:.20}, and this version reads format "
            f"{FORMAT}: use the version that wrote it, or train again"
        )
    try:
        checkpoint = _of_payload(payload)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UserError(f"{path}: is incomplete ({type(error).__name__}: {error})") from None
    if version != 1 and not is_sealed:
        raise UserError(f"{path}: not a readable checkpoint (its checksum is missing)")
    return checkpoint


def _of_payload(payload: dict[str, Any]) -> Checkpoint:
    config = parse_json(payload["config"].encode())
    check_config(config)
    scenario, t_env, state = payload["scenario"], payload["t_env"], payload["state"]
    if type(scenario) is not str or type(t_env) is not int or not 0 <= t_env <= LARGEST_INTEGER:
        raise ValueError("its scenario or its number of steps is none")
    if not isinstance(state, dict) or not all(type(key) is str for key in state):
        raise ValueError("its state has no names")
    return Checkpoint(config, scenario, t_env, state)


def _write(payload: dict[str, Any], file: BinaryIO) -> None:
    """Write what PyTorch makes of a payload, and its seal, without a copy of it in memory."""
    content = _Sealed(file)
    torch.save(payload, content)
    content.seal()


class _Sealed:
    """A file that PyTorch writes an archive into, whose comment is a checksum of all before it.

    The last two bytes of an archive are the length of its comment, which is empty so far.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._last = b""  # which may be the two

    def write(self, data: bytes) -> int:
        """Write all but the last two bytes, as far as they are known."""
        whole = memoryview(data) if len(data) > _LENGTH else memoryview(self._last + data)
        if len(data) > _LENGTH:
            self._pass_on(self._last)
        self._pass_on(whole[:-_LENGTH])
        self._last = bytes(whole[-_LENGTH:])
        return len(data)

    def flush(self) -> None:
        """PyTorch asks for it."""

    def seal(self) -> None:
        """End the file."""
        self._pass_on((len(_SEAL) + _DIGEST).to_bytes(_LENGTH, "little") + _SEAL)
        self._file.write(self._digest.hexdigest().encode())

    def _pass_on(self, data: bytes | memoryview) -> None:
        self._digest.update(data)
        self._file.write(data)


def _check_seal(file: BinaryIO) -> bool:
    """Return whether a file has a checksum; UnreadableError for one that is wrong."""
    size, free = os.fstat(file.fileno()).st_size, free_memory()
    if size > free:
        raise UnreadableError(f"has {size:,} bytes, and {free:,} bytes of memory are free")
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
        raise UnreadableError("its checksum is another: it was damaged or altered")
    return True
