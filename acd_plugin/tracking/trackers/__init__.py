"""Trackers: where a run's numbers go beside its folder, by the names that ``trackers`` lists.

One of your own is a class (or any function that makes a `Tracker`) under a name of its own here:
``TRACKERS["mine"] = MyTracker``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Protocol

from acd_plugin.tracking.trackers.mlflow import MLflow
from acd_plugin.tracking.trackers.tensorboard import TensorBoard
from acd_plugin.tracking.trackers.wandb import WandB


class Tracker(Protocol):
    """Receives every number that is recorded, in a thread of its own."""

    def write(self, name: str, value: float, step: int) -> None:
        """Record one number; ``step`` is in environment steps."""
        ...

    def close(self) -> None:
        """Write out what is still held back: the run is over, however it ended."""
        ...


# Makes a tracker from the folder of a run, in which it may write, and the run's configuration.
TrackerFactory = Callable[[Path, Mapping[str, object]], Tracker]

TRACKERS: dict[str, TrackerFactory] = {
    "tensorboard": TensorBoard,
    "wandb": WandB,
    "mlflow": MLflow,
}
# Of recorded runs, whose numbers replace what the tracker was told of them before.
FROM_FOLDERS: dict[str, TrackerFactory] = {
    "tensorboard": partial(TensorBoard, is_anew=True),
    "wandb": partial(WandB, is_anew=True),
    "mlflow": partial(MLflow, is_anew=True),
}
