"""A run's folder made ready to be written, by whoever owns it."""

from __future__ import annotations

from acd_plugin.tracking.checkpoint_index import write_index
from acd_plugin.tracking.leftovers import remove_leftovers
from acd_plugin.tracking.metric_file import drop_metrics_after
from acd_plugin.tracking.run_folder import RunFolder

_SHARED = ("communication.json", "key")  # files that are written beside a run that goes on


def prepare(folder: RunFolder, t_env: int) -> None:
    """Forget what came after the checkpoint from which a run goes on, and what a kill has left.

    Newer checkpoints go first, the newest of them before the others: wherever this is interrupted,
    the metrics reach as far as the newest checkpoint. OSError when the disk is full.
    """
    for place in (folder.path, folder.checkpoints):
        remove_leftovers(place, _SHARED)
    remove_leftovers(folder.path.parent / "_sources")
    later = [path for path in folder.stored_checkpoints() if int(path.stem) > t_env]
    for path in reversed(later):
        path.unlink()
    if later:
        write_index(folder)
    if folder.metrics.exists():
        drop_metrics_after(folder, t_env)
