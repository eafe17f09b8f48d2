"""A run of the built-in host, built before there is a folder for its record.

What a component refuses shows when the run is built, and then nothing has been written. When the
folder is there, the recorder is attached to its record, and the same run is trained.
"""

from __future__ import annotations

from acd_plugin.components.contracts import StateDict
from acd_plugin.hosts.builtin.global_generators import GlobalGenerators
from acd_plugin.hosts.host import Host
from acd_plugin.running.assembly import make_training
from acd_plugin.running.console import Progress, logger
from acd_plugin.running.recorder import Recorder
from acd_plugin.running.run_spec import RunSpec
from acd_plugin.running.sacred_run import SacredRun
from acd_plugin.running.stop_signal import StopSignal
from acd_plugin.running.stored_run import StoredRun
from acd_plugin.tracking.checkpoint import Checkpoint, save_checkpoint
from acd_plugin.tracking.metric_file import drop_metrics_after
from acd_plugin.tracking.run_folder import RunFolder


class BuiltRun:
    """A training with its recorder; ``stored`` is where it goes on from."""

    def __init__(self, spec: RunSpec, host: Host, stored: StoredRun | None) -> None:
        self._spec = spec
        self._stored = stored
        self._stop = StopSignal()
        t_env = stored.t_env if stored else 0
        progress = Progress(spec.settings.t_max, t_env, spec.settings.batch_size)
        self._recorder = Recorder(progress, self._save, self._stop.requested)
        try:
            self._training = make_training(spec, self._recorder, host)
        except BaseException:
            self._recorder.close()
            raise
        self._generators = GlobalGenerators.capture()

    def train(self, run: SacredRun, folder: RunFolder) -> float | None:
        """Train to the end and return the last test's return; see `Training.train`."""
        self._run, self._folder = run, folder
        self._recorder.attach(run)
        with self._stop:
            try:
                self._generators.restore()  # Sacred has seeded them since
                if self._stored is not None:
                    drop_metrics_after(folder, self._stored.t_env)
                    self._training.load_state_dict(self._stored.state())
                self._training.train()
            finally:
                self._recorder.close()
        return self._recorder.latest("test_return_mean")

    def _save(self, state: StateDict, t_env: int) -> None:
        self._run._emit_heartbeat()  # a checkpoint must never be ahead of what was recorded
        config = self._spec.config
        checkpoint = Checkpoint(config, config["game"].get("scenario", ""), t_env, state)
        try:
            save_checkpoint(self._folder, checkpoint, self._spec.settings.keep_checkpoints)
        except OSError as error:  # the next one may succeed, and training is worth more than it
            logger.warning("no checkpoint at step %d: %s", t_env, error.strerror or error)
