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
from acd_plugin.running.recorded_run import OpenRecord
from acd_plugin.running.recorder import Recorder
from acd_plugin.running.stored_run import restore
from acd_plugin.tracking.checkpoint import Checkpoint, save_checkpoint
from acd_plugin.tracking.metric_file import read_metrics
from acd_plugin.tracking.unwritten import CHECKPOINT, METRICS

RESULT = "test_return_mean"  # the metric whose last value is a run's result


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
        self._record: OpenRecord
        self.recorder = Recorder(console, self._save, should_stop, name)
        try:
            self.training = make_training(planned.spec, self.recorder, host)
        except BaseException:
            self.recorder.close()
            raise

    def attach(self, record: OpenRecord) -> None:
        """Record from now on."""
        self._record = record
        self.recorder.attach(record.run)

    def result(self) -> float | None:
        """Return the last test's return, which may have been recorded before the run went on."""
        latest = self.recorder.latest(RESULT)
        if latest is not None:
            return latest
        told = read_metrics(self._record.folder, RESULT)
        return told[-1]["value"] if told else None

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
        run, folder, unwritten = self._record
        run._emit_heartbeat()  # a checkpoint must never be ahead of what was recorded
        spec = self._planned.spec
        checkpoint = Checkpoint(spec.config, spec.config["game"].get("scenario", ""), t_env, state)
        try:
            if METRICS in unwritten:
                raise OSError(unwritten.reason(METRICS))
            save_checkpoint(folder, checkpoint, spec.settings.keep_checkpoints)
        except OSError as error:  # the next one may succeed, and training is worth more than it
            reason = str(error.strerror or error)
            unwritten.add(CHECKPOINT, reason)
            logger.warning("%sno checkpoint at step %d: %s", self._name, t_env, reason)
        else:
            unwritten.discard(CHECKPOINT)
