"""How long one DIAL epoch takes: 128 games played and one update, on this machine.

    python benchmarks/training.py [--epochs 10] [--config dial] [with key=value ...]

Prints, per environment, the median seconds of playing and of learning. The machine's noise shows
in the spread between the quartiles.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from numpy.typing import NDArray

from acd_plugin.configuration.layers import load_config
from acd_plugin.hosts.builtin.training import Training
from acd_plugin.running.assembly import make_training
from acd_plugin.running.recorder import NullRecorder
from acd_plugin.running.run_spec import resolve

ENVIRONMENTS = ("cyborg_small_no_block", "cyborg_small", "cyborg_small_green", "cyborg_large")


def measure(training: Training, epochs: int) -> NDArray[np.float64]:
    """Return seconds of playing and of learning, (epochs, 2), after one epoch of warming up."""
    rows = []
    for epoch in range(epochs + 1):
        begin = time.perf_counter()
        batch = training.runner.run(test_mode=False)
        played = time.perf_counter()
        training.learner.train(batch, 0, epoch * training.args.batch_size)
        rows.append((played - begin, time.perf_counter() - played))
    return np.array(rows[1:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--config", default="dial")
    parser.add_argument("overrides", nargs="*", help="with key=value ...")
    options = parser.parse_args()
    overrides = [text for text in options.overrides if text != "with"]
    print(f"{'environment':<24}{'play s':>8}{'learn s':>9}{'epoch s':>9}{'quartiles':>16}")
    for name in ENVIRONMENTS:
        training = make_training(
            resolve(load_config(options.config, name, overrides)), NullRecorder()
        )
        times = measure(training, options.epochs)
        play, learn = np.median(times, axis=0)
        low, epoch, high = np.quantile(times.sum(axis=1), (0.25, 0.5, 0.75))
        print(f"{name:<24}{play:8.3f}{learn:9.3f}{epoch:9.3f}{low:9.3f} -{high:6.3f}")


if __name__ == "__main__":
    main()
