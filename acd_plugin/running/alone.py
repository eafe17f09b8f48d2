"""One run that has the process, its console and its device for itself."""

from __future__ import annotations

from acd_plugin.errors import program
from acd_plugin.hosts.builtin.global_generators import GlobalGenerators
from acd_plugin.hosts.builtin.joint import JointTraining, NotTogetherError
from acd_plugin.hosts.builtin.training import Training
from acd_plugin.hosts.host import Host
from acd_plugin.running.built_run import BuiltRun
from acd_plugin.running.console import Console, Progress, logger
from acd_plugin.running.device import told_plainly
from acd_plugin.running.planned import Planned
from acd_plugin.running.recorded_run import OpenRecord
from acd_plugin.running.stop_signal import StopSignal
from acd_plugin.running.turns import Turn


class Alone:
    """A run, built; `train` does what is left of it."""

    def __init__(self, planned: Planned, host: Host, turn: Turn, console: Console | None) -> None:
        """``turn`` ends when training begins; ``console`` None: that of a command."""
        settings = planned.spec.settings
        t_env = planned.stored.t_env if planned.stored else 0
        self._stop = StopSignal()
        shown = console or Progress(settings.t_max, t_env, settings.batch_size)
        self._turn = turn
        self._run = BuiltRun(planned, host, shown, self._stop.requested)
        self._run.load()  # what cannot be read shows before anything is written
        self._generators = GlobalGenerators.capture()

    def train(self, record: OpenRecord) -> float | None:
        """Train to the end and return the last test's return; see `Training.train`."""
        with self._stop:
            try:
                self._run.attach(record)
                self._generators.restore()  # Sacred has seeded them since
                self._turn.end()
                _train(self._run.training)
            except Exception as error:
                told = told_plainly(error, f"{program()} resume {record.folder.path}")
                if told is error:
                    raise
                raise told from error
            finally:
                self._run.recorder.close()
        return self._run.result()


def _train(training: Training) -> None:
    """Train what is left; on a GPU by whole epochs, where the run's components allow it."""
    if training.is_finished(training.runner.t_env, training.episode):
        return training.close()
    device = training.settings.device
    if device == "cuda":
        try:
            joint = JointTraining([training], device)
        except NotTogetherError as error:
            logger.info("trained step by step, which is slower on a GPU: %s", error)
        else:
            errors: list[Exception] = []
            joint.train(lambda _, error: errors.append(error) if error else None)
            if errors:
                raise errors[0]
            return None
    return training.train()
