"""Stand-in for tensorboard_logger, whose last release does not work with current protobuf."""

from __future__ import annotations

from typing import Any

_writers: list[Any] = []


def configure(folder: str) -> None:
    """Write event files into ``folder`` from now on."""
    from torch.utils.tensorboard import SummaryWriter  # noqa: PLC0415 - slow, and optional

    _writers[:] = [SummaryWriter(folder)]


def log_value(name: str, value: float, step: int) -> None:
    """Record one number."""
    _writers[0].add_scalar(name, value, step)
    _writers[0].flush()
