"""Event files for TensorBoard, in a run's folder."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from acd_plugin.errors import UserError
from acd_plugin.tracking.recorded_config import run_name
from acd_plugin.tracking.run_folder import RunFolder
from acd_plugin.tracking.trackers.naming import tag


class TensorBoard:
    """Writes ``tensorboard/NAME OF THE RUN/``; needs the package tensorboard.

    TensorBoard calls a run by its folder. A run that was begun by an earlier release goes on in
    ``tensorboard/`` itself.
    """

    def __init__(self, folder: Path, config: Mapping[str, object], is_anew: bool = False) -> None:
        """``is_anew`` replaces what this class has written for the run before."""
        try:  # here, because the package is optional and slow to load
            from torch.utils.tensorboard import SummaryWriter  # noqa: PLC0415
        except ImportError:
            raise UserError(
                "the tracker tensorboard needs the package tensorboard: pip install tensorboard"
            ) from None
        place = folder / "tensorboard"
        if is_anew:
            shutil.rmtree(place, ignore_errors=True)
        if not list(place.glob("events.out.tfevents.*")):
            place /= run_name(config).replace("/", "_")
        # A run that goes on shows nothing of what it forgot. A new one says that it starts, too:
        # readers take only a second start for a restart.
        stored = [] if is_anew else RunFolder(folder).stored_checkpoints()
        purge = int(stored[-1].stem) + 1 if stored else 0
        self._writer: Any = SummaryWriter(str(place), purge_step=purge)

    def write(self, name: str, value: float, step: int) -> None:
        self._writer.add_scalar(tag(name), value, step)

    def close(self) -> None:
        self._writer.close()
