"""Find the checkpoint that a command's argument means."""

from __future__ import annotations

from pathlib import Path

from acd_plugin.tracking.checkpoint import Checkpoint, load_checkpoint
from acd_plugin.tracking.run_folder import find_run


def open_run(name: str, results: str) -> tuple[Path, Checkpoint]:
    """Return path and content of the checkpoint ``name``, or of the latest one of run ``name``."""
    path = Path(name) if name.endswith(".pt") else find_run(name, results).latest_checkpoint()
    return path, load_checkpoint(path)
