"""Where an epoch's time goes on a GPU: how long its kernels take, and how often each runs.

    python benchmarks/gpu_kernels.py [qmix:cyborg_small:10 ...] [--most 20]

A case is algorithm:environment:seeds. An epoch is 128 games played and learned from (Q-learning: 16
updates), in CUDA graphs; under the profiler it takes a tenth longer.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter

import torch
from gpu_training import GAMES, Case, runs_of, told
from torch.profiler import ProfilerActivity, profile

from acd_plugin.hosts.builtin.joint import JointTraining

CASES = ["dial:cyborg_small:10", "qmix:cyborg_small:10"]
EPOCHS = 3


def kernels(case: str, device: str, most: int) -> str:
    """Return an epoch's time, and then its kernels, those first that take the longest."""
    algorithm, env, seeds = case.split(":")
    runs = runs_of(Case(algorithm, env, int(seeds)))
    updates = GAMES // runs[0].settings.batch_size_run
    joint = JointTraining(runs, device)

    def epochs(count: int) -> None:
        for _ in range(count * updates):
            joint.train_once()
        joint.forget()
        if device == "cuda":
            torch.cuda.synchronize()

    epochs(runs[0].settings.batch_size // GAMES + 1)  # until there is enough to learn from
    begun = time.perf_counter()
    epochs(EPOCHS)
    each = (time.perf_counter() - begun) / EPOCHS * 1e3
    activity = ProfilerActivity.CUDA if device == "cuda" else ProfilerActivity.CPU
    with profile(activities=[activity]) as profiler:
        epochs(1)
    took, times = Counter[str](), Counter[str]()
    for event in profiler.events():
        if event.device_type.name == device.upper():
            own = event.self_cpu_time_total if device == "cpu" else event.time_range.elapsed_us()
            took[event.name] += own
            times[event.name] += 1
    lines = [
        f"{case}: {each:.1f} ms an epoch; {times.total():,} kernels or operations, "
        f"{took.total() / 1e3:.1f} ms together",
        "      ms   times  us each",
    ]
    for name, together in took.most_common(most):
        count = times[name]
        lines.append(f"{together / 1e3:8.2f} {count:7,} {together / count:8.2f}  {name[:100]}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*", default=CASES, help="algorithm:environment:seeds")
    parser.add_argument("--most", type=int, default=20, help="kernels that are listed of each")
    parser.add_argument("--device", default="cuda", help="cpu: operations of the CPU instead")
    options = parser.parse_args()
    for case in options.cases:
        told(lambda case=case: kernels(case, options.device, options.most), case)  # type: ignore[misc]


if __name__ == "__main__":
    main()
