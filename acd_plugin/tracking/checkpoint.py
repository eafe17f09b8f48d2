"""Checkpoints: versioned, written atomically, and unable to run code when they are read."""

from __future__ import annotations

import io
import json
import pickle
from pathlib import Path
from typing import Any, NamedTuple

import torch

from acd_plugin.errors import UserError
from acd_plugin.tracking.run_folder import RunFolder, write_atomically

FORMAT = 1  # raised whenever the content of a checkpoint changes its meaning


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
    buffer = io.BytesIO()
    torch.save(payload, buffer)
    folder.checkpoints.mkdir(exist_ok=True)
    path = folder.checkpoints / f"{checkpoint.t_env}.pt"
    write_atomically(path, buffer.getvalue())
    if keep:
        stored = sorted(folder.checkpoints.glob("*.pt"), key=lambda old: int(old.stem))
        for old in stored[:-keep]:
            old.unlink()
    _write_index(folder)
    return path


def _write_index(folder: RunFolder) -> None:
    """List the checkpoints in a file small enough to be stored beside the run's record."""
    stored = sorted(folder.checkpoints.glob("*.pt"), key=lambda path: int(path.stem))
    index = [
        {"t_env": int(path.stem), "file": str(path.relative_to(folder.path)), "bytes": size}
        for path, size in ((path, path.stat().st_size) for path in stored)
    ]
    write_atomically(folder.checkpoint_index, (json.dumps(index, indent=2) + "\n").encode())


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint; UserError when it is missing, damaged, hostile or of another version."""
    try:
        payload = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise UserError(f"{path}: no such checkpoint") from None
    except (OSError, RuntimeError, EOFError, ValueError, KeyError, pickle.UnpicklingError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(f"{path}: not a readable checkpoint ({reason})") from None
    if not isinstance(payload, dict) or "format" not in payload:
        raise UserError(f"{path}: is a torch file, but not a checkpoint of this program")
    if payload["format"] != FORMAT:
        raise UserError(
            f"{path}: has checkpoint format {payload['format']}, and this version reads format "
            f"{FORMAT}: use the version that wrote it, or train again"
        )
    try:
        return Checkpoint(
            config=json.loads(payload["config"]),
            scenario=payload["scenario"],
            t_env=payload["t_env"],
            state=payload["state"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f"{path}: is incomplete ({type(error).__name__}: {error})") from None
