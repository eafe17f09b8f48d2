"""Event files for TensorBoard, in a run's folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from acd_plugin.errors import UserError


class TensorBoard:
    """Writes ``tensorboard/``; needs the package tensorboard."""

    def __init__(self, folder: Path, config: Mapping[str, object]) -> None:
        del config
        try:  # here, because the package is optional and slow to load
            from torch.utils.tensorboard import SummaryWriter  # noqa: PLC0415
        except ImportError:
            raise UserError(
                "the tracker tensorboard needs the package tensorboard: pip install tensorboard"
            ) from None
        self._writer: Any = SummaryWriter(str(folder / "tensorboard"))

    def write(self, name: str, value: float, step: int) -> None:
        self._writer.add_scalar(name, value, step)

    def close(self) -> None:
        self._writer.close()
