"""How long an epoch takes on a GPU, for one seed and for many, and whether the CPU agrees.

    python benchmarks/gpu_training.py [--only dial] [--seconds 5] [--device cuda]

An epoch is 128 games played and learned from (Q-learning: 16 updates). Each line is measured by
itself; one that fails says why, and the next goes on.
"""

from __future__ import annotations

import argparse
import time
import traceback
from collections.abc import Callable
from typing import NamedTuple

import torch

from acd_plugin.configuration.layers import load_config
from acd_plugin.hosts.builtin.joint import JointTraining
from acd_plugin.hosts.builtin.training import Training
from acd_plugin.running.assembly import make_training
from acd_plugin.running.recorder import NullRecorder
from acd_plugin.running.run_spec import resolve

GAMES = 128  # of an epoch


class Case(NamedTuple):
    """What is measured."""

    algorithm: str
    env: str
    seeds: int
    most: float | None = None  # milliseconds an epoch should take on an H100 or H200


CASES = [
    Case("dial", "cyborg_small", 1, 22),
    Case("dial", "cyborg_small", 10),
    Case("dial", "cyborg_small", 32, 70),
    Case("dial", "cyborg_small", 128, 220),
    Case("dial", "cyborg_large", 1, 48),
    Case("dial", "cyborg_large", 10),
    Case("dial", "cyborg_large", 32, 200),
    Case("dial", "cyborg_large", 64, 380),
    Case("dial_nocomm", "cyborg_small", 10),
    Case("dial_nocomm", "cyborg_large", 10),
    Case("qmix", "cyborg_small", 1),
    Case("qmix", "cyborg_small", 10, 300),
    Case("qmix", "cyborg_large", 10),
    Case("rial", "cyborg_small", 10),
    Case("ippo", "cyborg_small", 10),
    Case("mappo", "cyborg_small", 10),
]


def runs_of(case: Case, *overrides: str) -> list[Training]:
    """Return a run for each seed of a case."""
    return [
        make_training(
            resolve(load_config(case.algorithm, case.env, [*overrides, f"seed={seed}"])),
            NullRecorder(),
        )
        for seed in range(case.seeds)
    ]


def seconds_each(work: Callable[[], None], device: str, seconds: float) -> float:
    """Return how long ``work`` takes, as the mean over at least ``seconds``."""

    def wait() -> None:
        if device == "cuda":
            torch.cuda.synchronize()

    for _ in range(2):
        work()
    wait()
    begun, times = time.perf_counter(), 0
    while times < 3 or time.perf_counter() - begun < seconds:
        work()
        times += 1
        if times % 8 == 0:
            wait()
    wait()
    return (time.perf_counter() - begun) / times


def measure(case: Case, device: str, seconds: float) -> str:
    """Return the line of one case."""
    runs = runs_of(case)
    updates = GAMES // runs[0].settings.batch_size_run
    begun = time.perf_counter()
    joint = JointTraining(runs, device)
    capture = time.perf_counter() - begun

    def epoch() -> None:
        for _ in range(updates):
            joint.train_once()
        joint.forget()

    for _ in range(runs[0].settings.batch_size // GAMES + 1):
        epoch()  # until there is enough to learn from
    each = seconds_each(epoch, device, seconds) * 1e3
    memory = torch.cuda.max_memory_allocated() / 2**30 if device == "cuda" else 0.0
    goal = f"{case.most:8.0f}" if case.most else " " * 8
    return (
        f"{case.algorithm:12} {case.env:14} {case.seeds:4} {each:9.1f} {goal} "
        f"{each / case.seeds:9.2f} {capture:8.1f} {memory:8.2f}"
    )


def on_one_core(case: Case, seconds: float) -> str:
    """Return the line of a single run trained by itself on the CPU."""
    (run,) = runs_of(case._replace(seeds=1))
    updates = GAMES // run.settings.batch_size_run

    def epoch() -> None:
        for _ in range(updates):
            run.train_once()

    each = seconds_each(epoch, "cpu", seconds) * 1e3
    return f"{case.algorithm:12} {case.env:14} one core {each:9.1f} ms"


def agreement(case: Case, device: str) -> str:
    """Return how far training on the device is from training on the CPU, from the same seeds."""
    ours, theirs = runs_of(case), runs_of(case)
    joint, reference = JointTraining(ours, device), JointTraining(theirs, "cpu")
    parts = []
    for epoch in range(3):
        joint.train_once()
        reference.train_once()
        pairs = list(zip(ours, theirs, strict=True))
        same = [
            (one.buffer["actions"].cpu() == two.buffer["actions"]).float().mean().item()
            for one, two in pairs
        ]
        weights = [
            (p.detach().cpu() - q.detach()).abs().max().item()
            for one, two in pairs
            for p, q in zip(one.mac.parameters(), two.mac.parameters(), strict=True)
            if p.numel()
        ]
        parts.append(f"epoch {epoch}: {min(same):.4f} of actions equal, weights {max(weights):.1e}")
    return f"{case.algorithm:12} {case.env:14} " + "; ".join(parts)


def told(line: Callable[[], str], what: object) -> None:
    """Print a line, or why there is none."""
    try:
        print(line(), flush=True)
    except Exception as error:
        print(f"FAILED {what}: {type(error).__name__}: {str(error)[:300]}", flush=True)
        traceback.print_exc(limit=-6)
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", help="algorithm[:env[:seeds]]; repeatable")
    parser.add_argument("--seconds", type=float, default=3.0, help="to measure each line")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--no-core", action="store_true", help="leave out a single core's time")
    options = parser.parse_args()

    def wanted(case: Case) -> bool:
        name = f"{case.algorithm}:{case.env}:{case.seeds}:"
        return not options.only or any(name.startswith(only + ":") for only in options.only)

    cases = [case for case in CASES if wanted(case)]
    name = torch.cuda.get_device_name() if options.device == "cuda" else "CPU"
    print(f"{name}, torch {torch.__version__}", flush=True)
    for case in {(c.algorithm, c.env): c._replace(seeds=2) for c in cases}.values():
        told(lambda case=case: agreement(case, options.device), case)  # type: ignore[misc]
    print(
        f"{'algorithm':12} {'environment':14} {'S':>4} {'ms/epoch':>9} {'at most':>8} "
        f"{'per seed':>9} {'prepare s':>8} {'GiB':>8}"
    )
    for case in cases:
        told(lambda case=case: measure(case, options.device, options.seconds), case)  # type: ignore[misc]
    if not options.no_core:
        for case in {(c.algorithm, c.env): c for c in cases}.values():
            told(lambda case=case: on_one_core(case, options.seconds), case)  # type: ignore[misc]


if __name__ == "__main__":
    main()
