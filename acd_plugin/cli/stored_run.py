"""Find the checkpoint that a command's argument means."""

from __future__ import annotations

import json
from pathlib import Path

from acd_plugin.errors import UserError
from acd_plugin.tracking.checkpoint import Checkpoint, load_checkpoint
from acd_plugin.tracking.run_folder import RunFolder, find_run


def open_run(name: str, results: str) -> tuple[Path, Checkpoint]:
    """Return path and content of the checkpoint ``name``, or of the latest one of run ``name``."""
    if name.endswith(".pt"):
        return Path(name), load_checkpoint(Path(name))
    folder = find_run(name, results)
    _refuse_other_hosts(folder)
    path = folder.latest_checkpoint()
    return path, load_checkpoint(path)


def _refuse_other_hosts(folder: RunFolder) -> None:
    """EPyMARL's loop stores networks in its own way, from which only it can go on."""
    try:
        config = json.loads((folder.path / "config.json").read_text())
    except (OSError, ValueError):
        return  # a damaged record says nothing about the checkpoints
    if config.get("host") == "epymarl":
        raise UserError(
            f"{folder.path}: was trained in EPyMARL's own loop; evaluate it there: repeat its "
            f"command with evaluate=True checkpoint_path={folder.path / 'models'}/NAME"
        )
