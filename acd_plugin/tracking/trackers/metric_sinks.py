"""Where metrics go: one small class per tracker."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol


class MetricSink(Protocol):
    """Receives every metric; ``step`` is in environment steps."""

    def write(self, name: str, value: float, step: int) -> None:
        """Record one number."""
        ...

    def close(self) -> None:
        """Write out what is still held back."""
        ...


class SacredSink:
    """Hands metrics to a Sacred run, which passes them to its observers."""

    def __init__(self, run: Any) -> None:
        self._run = run

    def write(self, name: str, value: float, step: int) -> None:
        self._run.log_scalar(name, value, step)

    def close(self) -> None:
        """Sacred flushes by itself when the run ends."""


class TensorBoardSink:
    """Writes event files; needs the package tensorboard."""

    def __init__(self, folder: Path) -> None:
        # Imported here because the package is optional and slow to load.
        from torch.utils.tensorboard import SummaryWriter  # noqa: PLC0415

        self._writer: Any = SummaryWriter(str(folder))

    def write(self, name: str, value: float, step: int) -> None:
        self._writer.add_scalar(name, value, step)

    def close(self) -> None:
        self._writer.close()
