"""Is this checkout as fast as another, release 0.1.0 say? Both are measured in turns.

    python benchmarks/side_by_side.py OTHER [--rounds 5] [--seconds 3] [--clock processor]

Every round measures both checkouts, each in a process of its own, the second first in every other
round. Prints the median speeds, and the median of the rounds' ratios with the smallest and largest:
above 1, this checkout is faster. The processor's clock counts what these processes do, whatever
else the machine does; the wall's clock shows what threads gain.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parents[1]
CLOCKS: dict[str, Callable[[], float]] = {
    "processor": time.process_time,
    "wall": time.perf_counter,
}
TRAININGS = {  # algorithm and environment, by what is printed
    "DIAL, small": ("dial", "cyborg_small"),
    "DIAL, large": ("dial", "cyborg_large"),
    "QMIX, small": ("qmix", "cyborg_small"),
}


def build(algorithm: str, env: str) -> Any:
    """Return a training of whichever checkout this process imports; 0.1.0 has other names."""
    if Path("acd_plugin/config.py").exists():  # the checkout is the working folder
        recorder = importlib.import_module("acd_plugin.tracking.recorder").NullRecorder()
        config = importlib.import_module("acd_plugin.config").load_config(algorithm, env, [])
        host = importlib.import_module("acd_plugin.hosts.builtin").BUILTIN
        importlib.import_module("acd_plugin.hosts").use(host)
        training = importlib.import_module("acd_plugin.hosts.builtin.training")
        return training.Training(config, recorder)
    recorder = importlib.import_module("acd_plugin.running.recorder").NullRecorder()
    layers = importlib.import_module("acd_plugin.configuration.layers")
    resolve = importlib.import_module("acd_plugin.running.run_spec").resolve
    assembly = importlib.import_module("acd_plugin.running.assembly")
    return assembly.make_training(resolve(layers.load_config(algorithm, env, [])), recorder)


def measure(clock: Callable[[], float], seconds: float) -> dict[str, float]:
    """Return speeds: game steps of the simulator alone, and epochs of trainings, per second."""
    speeds = {}
    for what, (algorithm, env) in TRAININGS.items():
        training = build(algorithm, env)
        while not training.buffer.can_sample(training.args.batch_size):
            training.train_once()
        if algorithm == "dial":
            name = f"simulator, {what.split(', ')[1]}"
            speeds[name] = speed(partial(play, training.runner.env), clock, seconds)
        speeds[what] = speed(partial(epoch, training), clock, seconds)
    return speeds


def play(env: Any) -> int:
    """Play random games without a controller; returns how many game steps that were."""
    rng = np.random.default_rng(0)
    env.reset(0, 0)
    for _ in range(env.episode_limit):
        env.step(rng.integers(0, env.n_actions, (env.n_games, env.n_agents)))
    return int(env.n_games * env.episode_limit)


def epoch(training: Any) -> int:
    training.train_once()
    return 1


def speed(work: Callable[[], int], clock: Callable[[], float], seconds: float) -> float:
    """Return how much is done in a second: the median over pieces, so that a hiccup is none."""
    work()
    rates: list[float] = []
    begin = time.perf_counter()
    while len(rates) < 3 or time.perf_counter() - begin < seconds:
        started = clock()
        done = work()
        rates.append(done / (clock() - started))
    return float(np.median(rates))


def measured(checkout: Path, options: argparse.Namespace) -> dict[str, float]:
    """Measure a checkout in a process of its own."""
    words = ["--measure", f"--clock={options.clock}", f"--seconds={options.seconds}", "."]
    output = subprocess.check_output(
        [sys.executable, str(Path(__file__).resolve()), *words],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        text=True,
    )
    speeds: dict[str, float] = json.loads(output)
    return speeds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("other", type=Path, help="folder of the other checkout")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each measurement, at least")
    parser.add_argument("--clock", choices=list(CLOCKS), default="processor")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(CLOCKS[options.clock], options.seconds)))
        return
    places = [HERE, options.other.resolve()]
    rounds: list[dict[Path, dict[str, float]]] = []
    for number in range(options.rounds):
        order = places if number % 2 == 0 else places[::-1]
        rounds.append({place: measured(place, options) for place in order})
    print(f"{'per second':<20}{'this':>13}{'other':>13}{'ratio':>9}{'smallest, largest':>20}")
    for what in rounds[0][HERE]:
        ours, theirs = (np.array([one[place][what] for one in rounds]) for place in places)
        ratios = ours / theirs
        print(
            f"{what:<20}{np.median(ours):>13,.2f}{np.median(theirs):>13,.2f}"
            f"{np.median(ratios):>9.3f}{ratios.min():>12.3f}, {ratios.max():.3f}"
        )


if __name__ == "__main__":
    main()
