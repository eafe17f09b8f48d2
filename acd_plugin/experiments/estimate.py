"""How long a plan will take, measured before it starts."""

from __future__ import annotations

import time
from collections.abc import Mapping

from acd_plugin.analysis.runs.run_record import RunRecord
from acd_plugin.experiments.plan import Job
from acd_plugin.running.assembly import make_training
from acd_plugin.running.recorder import NullRecorder
from acd_plugin.running.run_spec import RunSpec

_START = 8.0  # seconds until a process trains
_MEASURED = 1.0  # seconds of training that are measured for each pair


def estimate(left: Mapping[Job, RunRecord | None]) -> dict[Job, float]:
    """Return the seconds that what is left of each job takes alone, given its run if it has one.

    Every pair is trained for a moment. Raises UserError when a component refuses a job's settings.
    """
    seconds: dict[tuple[str, str], float] = {}
    estimates = {}
    for job, run in left.items():
        pair = (job.algorithm, job.environment)
        if pair not in seconds:
            seconds[pair] = _measure(job.spec)
        done = (run.step or 0) / job.spec.settings.t_max if run else 0.0
        estimates[job] = _START + seconds[pair] * max(0.0, 1.0 - done)
    return estimates


def _measure(spec: RunSpec) -> float:
    training = make_training(spec, NullRecorder())
    while not training.buffer.can_sample(spec.settings.batch_size):
        training.train_once()
    training.train_once()
    first, begin = training.runner.t_env, time.perf_counter()
    while time.perf_counter() - begin < _MEASURED:
        training.train_once()
    per_step = (time.perf_counter() - begin) / (training.runner.t_env - first)
    begin = time.perf_counter()
    training.test()
    per_test = time.perf_counter() - begin
    training.close()
    steps, interval = spec.settings.t_max, spec.settings.test_interval
    return steps * per_step + steps / interval * per_test
