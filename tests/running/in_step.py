"""Runs in step with each other, without laying their tensors together."""

from __future__ import annotations

from collections.abc import Sequence

from acd_plugin.hosts.builtin.training import Training, TrainingStoppedError
from acd_plugin.running.joint import Ended, Joint


class InStep:
    """Does what `Training.train` does, an epoch of every run before the next of any."""

    def __init__(self, runs: Sequence[Training]) -> None:
        self._runs = dict(enumerate(runs))

    def train(self, ended: Ended) -> None:
        while self._runs:
            for number, run in list(self._runs.items()):
                try:
                    self._epoch(run)
                except Exception as error:
                    ended(number, error)
                else:
                    if not run.is_finished():
                        continue
                    ended(number, None)
                del self._runs[number]

    def _epoch(self, run: Training) -> None:
        settings, recorder = run.settings, run.recorder
        run.train_once()
        t_env, finished = run.runner.t_env, run.is_finished()
        if finished or t_env - run.last_test >= settings.test_interval:
            run.test()
        if t_env - run.last_log >= settings.log_interval:
            recorder.log_stat("episode", run.episode, t_env)
            recorder.print_recent_stats()
            run.last_log = t_env
        recorder.advance(t_env, run.episode)
        stopping = recorder.should_stop() and not finished
        due = t_env - run.last_save >= settings.save_model_interval
        if stopping or (settings.save_model and (due or finished)):
            run.last_save = t_env
            recorder.save(run.state_dict(), t_env)
        if stopping:
            raise TrainingStoppedError


def in_step(runs: Sequence[Training], device: str) -> Joint:
    """Take the place of `joint.lay_together`."""
    del device
    return InStep(runs)
