"""How fast the game is, masks and observations included, on this machine.

    python benchmarks/simulator.py [--seconds 1.0] [--repeats 3] [--against CHECKOUT]

Prints game steps per second (every game counts one per step): the best of the repeats, and the
spread, which is the machine's noise. Actions are random and drawn beforehand. With another checkout
of this project both are measured in turn, and the ratio of the bests is printed: above 1, this one
is the faster.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from acd_plugin.configuration.layers import load_config
from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.cyborg_env import CyborgEnv
from acd_plugin.envs.cyborg.definition import define_game
from acd_plugin.envs.cyborg.native_batch import NativeBatchEnv
from acd_plugin.machine import cores

CORES = cores()
SIZES = [(128, 1), (4096, 1), (4096, CORES), (1, 0)]  # games, threads (0: by EPyMARL's class)
CASES = [(env, *size) for env in ("cyborg_small", "cyborg_large") for size in SIZES]
HERE = Path(__file__).resolve().parents[1]
# Two functions of this file are called in either checkout, so their arguments stay as they are.
CALL = """
import json, sys, simulator
print(getattr(simulator, sys.argv[1])(*json.loads(sys.argv[2])))
"""


def batch_speed(env: str, games: int, threads: int, seconds: float) -> float:
    """Steps per second of ``games`` games stepped together."""
    definition = define_game(load_config("dial", env, [])["env_args"])
    batch = NativeBatchEnv(definition, games, seed=0, threads=threads)
    shape = (batch.episode_limit, games, batch.n_agents)
    tape = np.random.default_rng(0).integers(0, batch.n_actions, shape)
    episodes = 0

    def play() -> int:
        nonlocal episodes
        batch.reset(episodes, Purpose.TRAIN)
        episodes += games
        for actions in tape:
            batch.step(actions)
        return games * batch.episode_limit

    speed = steps_per_second(play, seconds)
    batch.close()
    return speed


def single_speed(env: str, seconds: float) -> float:
    """Steps per second of one game through EPyMARL's environment class."""
    game = CyborgEnv(**load_config("dial", env, [])["env_args"])
    actions = [0] * game.n_agents

    def play() -> int:
        game.reset()
        for _ in range(game.episode_limit):
            game.get_avail_actions()
            game.get_state()
            game.step(actions)
        return game.episode_limit

    return steps_per_second(play, seconds)


def steps_per_second(play: Callable[[], int], seconds: float) -> float:
    play()  # compiles, or loads what was compiled
    steps, begin = 0, time.perf_counter()
    while time.perf_counter() - begin < seconds:
        steps += play()
    return steps / (time.perf_counter() - begin)


def speed(checkout: Path, env: str, games: int, threads: int, seconds: float) -> float:
    """Measure one case in a process of its own, with the code of a checkout."""
    call = ("batch_speed", [env, games, threads, seconds])
    if threads == 0:
        call = ("single_speed", [env, seconds])
    folders = os.pathsep.join(str(folder) for folder in (checkout, checkout / "benchmarks"))
    result = subprocess.run(
        [sys.executable, "-c", CALL, call[0], json.dumps(call[1])],
        env={**os.environ, "PYTHONPATH": folders},
        cwd=checkout,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(result.stdout)


class Measurement(NamedTuple):
    """What the command line asks for: which checkouts are measured, and how."""

    checkouts: list[Path]  # this one first
    seconds: float
    repeats: int

    def speeds(self, env: str, games: int, threads: int) -> list[list[float]]:
        """Return the speeds of each checkout in one case; the checkouts are measured in turn."""
        found: list[list[float]] = [[] for _ in self.checkouts]
        for _ in range(self.repeats):
            for own, checkout in zip(found, self.checkouts, strict=True):
                own.append(speed(checkout, env, games, threads, self.seconds))
        return found


def read_measurement(description: str) -> Measurement:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--against", type=Path, help="another checkout, to compare with")
    options = parser.parse_args()
    others = [options.against.resolve()] if options.against else []
    return Measurement([HERE, *others], options.seconds, options.repeats)


def main() -> None:
    measurement = read_measurement(__doc__.splitlines()[0])
    ratio = f"{'other':>14}{'ratio':>7}" if len(measurement.checkouts) > 1 else ""
    print(f"{'environment':<14}{'games':>6}{'threads':>9}{'steps/s':>14}{'slowest':>14}{ratio}")
    for env, games, threads in CASES:
        ours, *others = measurement.speeds(env, games, threads)
        name = f"{threads or 'by class':>9}"
        line = f"{env:<14}{games:>6}{name}{max(ours):>14,.0f}{min(ours):>14,.0f}"
        for other in others:
            line += f"{max(other):>14,.0f}{max(ours) / max(other):>7.2f}"
        print(line, flush=True)


if __name__ == "__main__":
    main()
