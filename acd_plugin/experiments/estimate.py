"""How long a plan will take, measured before it starts."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from acd_plugin.analysis.runs.run_record import RunRecord
from acd_plugin.experiments.pairs import Job
from acd_plugin.experiments.tasks import is_on_gpu
from acd_plugin.hosts.builtin.joint import JointTraining, NotTogetherError
from acd_plugin.running.assembly import make_training
from acd_plugin.running.memory import free_memory, seeds_at_once
from acd_plugin.running.recorder import NullRecorder
from acd_plugin.running.run_spec import RunSpec

_START = 8.0  # seconds until a process trains
_MEASURED = 1.0  # seconds of training that are measured for each pair
_ROUNDS = 8  # of games and updates that are measured of runs that are trained together


def estimate(left: Mapping[Job, RunRecord | None]) -> dict[str, float]:
    """Return the seconds that what is left of each job takes, given its run if it has one.

    Every pair is trained for a moment, of a sweep one setting. What is trained together shares its
    time. Raises UserError when a component refuses a job's settings.
    """
    pairs: dict[tuple[str, str], list[Job]] = {}
    for job in left:
        pairs.setdefault((job.algorithm, job.environment), []).append(job)
    estimates: dict[str, float] = {}
    measured: dict[tuple[str, str], float] = {}
    for jobs in pairs.values():
        together, base = is_on_gpu(jobs[0]), jobs[0].base
        to_train = {job: _left_to_train(job, left[job]) for job in jobs}
        if base not in measured and any(to_train.values()):
            measured[base] = _measure_together(jobs) if together else _measure(jobs[0].spec)
        start = _START / len(jobs) if together else _START
        for job, share in to_train.items():
            estimates[job.name] = start + measured.get(base, 0.0) * share
    return estimates


def _left_to_train(job: Job, run: RunRecord | None) -> float:
    """Return the share of a job's training that is not done."""
    done = (run.step or 0) / job.spec.settings.t_max if run else 0.0
    return max(0.0, 1.0 - done)


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


def _measure_together(jobs: Sequence[Job]) -> float:
    """Return the seconds that a run takes of those of its group, tests left out."""
    spec, settings = jobs[0].spec, jobs[0].spec.settings
    count = seeds_at_once(spec, len(jobs), free_memory(settings.device))
    runs = [make_training(spec.changed(seed=seed), NullRecorder()) for seed in range(count)]
    try:
        joint = JointTraining(runs, settings.device)
    except NotTogetherError:
        return _measure(spec)
    for _ in range(settings.batch_size // settings.batch_size_run + 1):
        joint.train_once()  # until there is enough to learn from
    joint.forget()
    begin = time.perf_counter()
    for _ in range(_ROUNDS):
        joint.train_once()
    joint.forget()  # waits for the device
    per_round = (time.perf_counter() - begin) / _ROUNDS
    rounds = settings.t_max / (settings.batch_size_run * spec.sizes.episode_limit)
    return rounds * per_round / count
