"""Checkpoints: versioned, sealed, written atomically, and unable to run code when they are read."""

from __future__ import annotations

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
from acd_plugin.tracking.sealed_file import SealError, check_seal, write_sealed
from acd_plugin.tracking.torch_file import UnreadableError, read_torch_file

FORMAT = 2  # raised whenever the content of a checkpoint changes its meaning; since 2 it is sealed
_READABLE = (1, 2)


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
    write_atomically(path, partial(write_sealed, partial(torch.save, payload)))
    if keep:
        for old in folder.stored_checkpoints()[:-keep]:
            old.unlink()
    write_index(folder)
    return path


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint; UserError when it is missing, damaged, hostile or of another version."""
    try:
        with open_plain(path, follow=True) as file:
            _check_size(file)
            is_sealed = check_seal(file)
            payload = read_torch_file(file)
    except FileNotFoundError:
        raise UserError(f"{path}: no such checkpoint") from None
    except OSError as error:
        raise unusable(path, f"not a readable checkpoint ({reason(error)})") from None
    except (SealError, UnreadableError) as error:
        raise unusable(path, f"not a readable checkpoint ({error})") from None
    if not isinstance(payload, dict) or "format" not in payload:
        raise UserError(f"{path}: is a torch file, but not a checkpoint of this program")
    version = payload["format"]
    if type(version) is not int:
        raise unusable(path, "is incomplete (its format is no number)")
    if version not in _READABLE:
        raise UserError(
            f"{path}: has checkpoint format {version!s:.20}, and this version reads format "
            f"{FORMAT}: use the version that wrote it, or train again"
        )
    try:
        checkpoint = _of_payload(payload)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise unusable(path, f"is incomplete ({type(error).__name__}: {error})") from None
    if version != 1 and not is_sealed:
        raise unusable(path, "not a readable checkpoint (its checksum is missing)")
    return checkpoint


def unusable(path: Path, problem: str) -> UserError:
    """Return the error of a checkpoint that is damaged, which names the newest that is whole."""
    folder = RunFolder(path.parent.parent)
    others = folder.stored_checkpoints() if path.parent == folder.checkpoints else []
    whole = next((other for other in reversed(others) if other != path and _is_whole(other)), None)
    remedy = (
        f"use {whole}, the newest that is whole, or delete the damaged one"
        if whole
        else "restore it, or train again"
    )
    return UserError(f"{path}: {problem}: {remedy}")


def _is_whole(path: Path) -> bool:
    try:
        with open_plain(path) as file:
            return check_seal(file)
    except (OSError, SealError):
        return False


def _of_payload(payload: dict[str, Any]) -> Checkpoint:
    config = parse_json(payload["config"].encode())
    check_config(config)
    scenario, t_env, state = payload["scenario"], payload["t_env"], payload["state"]
    if type(scenario) is not str or type(t_env) is not int or not 0 <= t_env <= LARGEST_INTEGER:
        raise ValueError("its scenario or its number of steps is none")
    if not isinstance(state, dict) or not all(type(key) is str for key in state):
        raise ValueError("its state has no names")
    return Checkpoint(config, scenario, t_env, state)


def _check_size(file: BinaryIO) -> None:
    size, free = os.fstat(file.fileno()).st_size, free_memory()
    if size > free:
        raise UnreadableError(f"has {size:,} bytes, and {free:,} bytes of memory are free")
