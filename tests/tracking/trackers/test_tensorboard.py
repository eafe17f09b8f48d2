"""A run that goes on shows every step once in TensorBoard, too."""

from __future__ import annotations

from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.plugin_event_accumulator import (
    EventAccumulator as OfTheServer,
)

from acd_plugin.tracking.trackers.tensorboard import TensorBoard

CONFIG = {"name": "dial", "env_name": "cyborg_small", "seed": 1}


def write(folder: Path, first: int, last: int) -> None:
    tracker = TensorBoard(folder, CONFIG)
    for step in range(first, last):
        tracker.write("loss", float(step), step)
    tracker.close()


def test_what_was_forgotten_is_not_shown(tmp_path: Path) -> None:
    write(tmp_path, 0, 9)
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "5.pt").touch()
    write(tmp_path, 6, 12)
    (place,) = (tmp_path / "tensorboard").iterdir()
    shown = EventAccumulator(str(place))
    shown.Reload()
    assert [event.step for event in shown.Scalars("train/loss")] == list(range(12))
    served = OfTheServer(str(place))  # with --load_fast=false
    served.Reload()
    assert [event.step for event in served.Tensors("train/loss")] == list(range(12))
