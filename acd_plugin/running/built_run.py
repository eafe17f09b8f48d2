"""A run of the built-in host, built before there is a folder for its record.

What a component refuses shows when the run is built, and then nothing has been written. When the
folder is there, the recorder is attached to its record, and the same run is trained.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from acd_plugin.components.contracts import StateDict
from acd_plugin.hosts.host import Host
from acd_plugin.running.assembly import make_training
from acd_plugin.running.console import Console, logger
from acd_plugin.running.planned import Planned
from acd_plugin.running.recorder import Recorder
from acd_plugin.running.sacred_run import SacredRun
from acd_plugin.running.stored_run import restore
from acd_plugin.tracking.checkpoint import Checkpoint, save_checkpoint
from acd_plugin.tracking.metric_file import drop_metrics_after
from acd_plugin.tracking.run_folder import RunFolder


class BuiltRun:
    """A training with its recorder.

    ``name`` stands before what it tells on a shared console. ``aside`` is how a checkpoint is
    written when training need not wait for it.
    """

    def __init__(
        self,
        planned: Planned,
        host: Host,
        console: Console,
        should_stop: Callable[[], bool],
        name: str = "",
        aside: Callable[[Callable[[], None]], None] | None = None,
    ) -> None:
        self._planned = planned
        self._aside = aside
        self._name = name
        self.recorder = Recorder(console, self._save, should_stop, name)
        try:
            self.training = make_training(planned.spec, self.recorder, host)
        except BaseException:
            self.recorder.close()
            raise

    def attach(self, run: SacredRun, folder: RunFolder) -> None:
        """Record from now on; what was measured after the checkpoint to go on from is dropped."""
        self._run, self._folder = run, folder
        if self._planned.stored is not None:
            drop_metrics_after(folder, self._planned.stored.t_env)
        self.recorder.attach(run)

    def load(self) -> None:
        """Go on from the checkpoint, if there is one."""
        if self._planned.stored is not None:
            restore(self.training, self._planned.stored)

    def _save(self, state: StateDict, t_env: int) -> None:
        if self._aside is None:
            self._write(state, t_env)
        else:
            self._aside(partial(self._write, state, t_env))

    def _write(self, state: StateDict, t_env: int) -> None:
        self._run._emit_heartbeat()  # a checkpoint must never be ahead of what was recorded
        spec = self._planned.spec
        checkpoint = Checkpoint(spec.config, spec.config["game"].get("scenario", ""), t_env, state)
        try:
            save_checkpoint(self._folder, checkpoint, spec.settings.keep_checkpoints)
        except OSError as error:  # the next one may succeed, and training is worth more than it
            reason = error.strerror or error
            logger.warning("%sno checkpoint at step %d: %s", self._name, t_env, reason)
