"""How long a plan will take, measured before it starts."""

from __future__ import annotations

import time
from collections.abc import Iterable

from acd_plugin.experiments.plan import Job
from acd_plugin.running.assembly import make_training
from acd_plugin.running.run_spec import resolve
from acd_plugin.tracking.recorder import NullRecorder

_START = 8.0  # seconds until a process trains
_MEASURED = 1.0  # seconds of training that are measured for each pair


def estimate(jobs: Iterable[Job]) -> dict[Job, float]:
    """Return the seconds that each job takes alone, by training every pair for a moment.

    Raises UserError when a component refuses a job's settings.
    """
    seconds: dict[tuple[str, str], float] = {}
    estimates = {}
    for job in jobs:
        pair = (job.algorithm, job.environment)
        if pair not in seconds:
            seconds[pair] = _measure(job)
        estimates[job] = seconds[pair]
    return estimates


def _measure(job: Job) -> float:
    training = make_training(resolve(job.config), NullRecorder())
    while not training.buffer.can_sample(training.args.batch_size):
        training.train_once()
    training.train_once()
    first, begin = training.runner.t_env, time.perf_counter()
    while time.perf_counter() - begin < _MEASURED:
        training.train_once()
    per_step = (time.perf_counter() - begin) / (training.runner.t_env - first)
    begin = time.perf_counter()
    training.test()
    per_test = time.perf_counter() - begin
    steps, interval = job.config["t_max"], job.config["test_interval"]
    training.runner.close_env()
    return _START + steps * per_step + steps / interval * per_test
