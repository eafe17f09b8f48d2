"""Find the checkpoint that a command's argument means."""

from __future__ import annotations

import json
from pathlib import Path

from acd_plugin.configuration.layers import override
from acd_plugin.errors import UserError
from acd_plugin.hosts.builtin.training import Training
from acd_plugin.running.fingerprint import fingerprint
from acd_plugin.running.memory import check_memory
from acd_plugin.tracking.checkpoint import Checkpoint, load_checkpoint
from acd_plugin.tracking.recorder import NullRecorder
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


def load_policy(
    path: Path, checkpoint: Checkpoint, seed: int, overrides: list[str], games: int | None = None
) -> Training:
    """Return a training with the stored networks, to play with; ``games`` at once.

    Raises UserError when they do not fit what they are to play.
    """
    config = override(checkpoint.config, overrides)
    if not overrides and fingerprint(config) != checkpoint.scenario:
        raise UserError(
            f"{path}: the scenario '{config['env_args'].get('scenario')}' has changed since the "
            "policy was trained: undo the change, or name the scenario to play with "
            "env_args.scenario=NAME"
        )
    config = {**config, "seed": seed, "use_cuda": False}
    if games is not None:
        sizes = ("batch_size_run", "batch_size", "buffer_size")  # a buffer is not needed, but made
        config |= dict.fromkeys(sizes, games)
        check_memory(config)
    training = Training(config, NullRecorder())
    try:
        training.mac.load_state_dict(checkpoint.state["mac"])
    except (KeyError, RuntimeError) as error:
        reason = str(error).splitlines()[-1].strip()
        raise UserError(
            f"{path}: was trained on '{checkpoint.config['env_args'].get('scenario')}' and does "
            f"not fit '{config['env_args'].get('scenario')}' ({reason})"
        ) from None
    return training
