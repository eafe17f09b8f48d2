"""How fast the game is, masks and observations included, on this machine.

    python benchmarks/simulator.py [--seconds 1.0] [--repeats 3]

Prints game steps per second (every game counts one per step): the best of the repeats, and the
spread, which is the machine's noise. Actions are random and drawn beforehand.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable

import numpy as np

from acd_plugin.configuration.layers import load_config
from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.cyborg_env import CyborgEnv
from acd_plugin.envs.cyborg.native_batch import NativeBatchEnv
from acd_plugin.envs.cyborg.settings import EnvSettings

CORES = os.cpu_count() or 1
CASES = [(128, 1), (4096, 1), (4096, CORES)]  # games, threads


def batch_speed(env: str, games: int, threads: int, seconds: float) -> float:
    """Steps per second of ``games`` games stepped together."""
    settings = EnvSettings(**load_config("dial", env, [])["env_args"])
    batch = NativeBatchEnv(settings, games, seed=0, threads=threads)
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    print(f"{'environment':<16}{'games':>6}{'threads':>9}{'steps/s':>14}{'slowest repeat':>18}")
    for env in ("cyborg_small", "cyborg_large"):
        for games, threads in CASES:
            speeds = [
                batch_speed(env, games, threads, options.seconds) for _ in range(options.repeats)
            ]
            print(f"{env:<16}{games:>6}{threads:>9}{max(speeds):>14,.0f}{min(speeds):>18,.0f}")
        speeds = [single_speed(env, options.seconds) for _ in range(options.repeats)]
        print(f"{env:<16}{'1, by class':>15}{max(speeds):>14,.0f}{min(speeds):>18,.0f}")


if __name__ == "__main__":
    main()
