"""How fast both backends are, side by side in one run.

    CYBORG_HOME=/path/to/checkout python benchmarks/backends.py [--seconds 10]

Prints game steps per second (every game counts one per step) with masks and observations: 128
random games at a time. Native uses one thread, CybORG one process and one per core.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from acd_plugin.configuration.layers import load_config
from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.cyborg_backend.batch import CyborgBatchEnv
from acd_plugin.envs.cyborg.definition import define_game
from acd_plugin.envs.cyborg.game_batch import GameBatch
from acd_plugin.envs.cyborg.native_batch import NativeBatchEnv
from acd_plugin.machine import cores

GAMES = 128
CORES = cores()


def speed(batch: GameBatch, seconds: float) -> float:
    """Return game steps per second; resets count, starting processes and compiling do not."""
    shape = (batch.episode_limit, batch.n_games, batch.n_agents)
    tape = np.random.default_rng(0).integers(0, batch.n_actions, shape)
    batch.reset(0, Purpose.TRAIN)
    batch.step(tape[0])
    episodes, begin = 0, time.perf_counter()
    while time.perf_counter() - begin < seconds:
        batch.reset(episodes, Purpose.TRAIN)
        for actions in tape:
            batch.step(actions)
        episodes += batch.n_games
    taken = time.perf_counter() - begin
    batch.close()
    return episodes * batch.episode_limit / taken


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=10.0, help="at least, for each case")
    seconds = parser.parse_args().seconds
    print(f"| environment | native | CybORG, 1 process | CybORG, {CORES} processes | native is |")
    print("|---|---|---|---|---|")
    for env in ("cyborg_small", "cyborg_small_green", "cyborg_large"):
        game = define_game(load_config("dial", env, [])["env_args"])
        native = speed(NativeBatchEnv(game, GAMES, seed=0, threads=1), seconds)
        alone, together = (
            speed(CyborgBatchEnv(game, GAMES, seed=0, processes=count), seconds)
            for count in (1, CORES)
        )
        times = f"{native / together:,.0f} times as fast"
        print(f"| {env} | {native:,.0f} | {alone:,.0f} | {together:,.0f} | {times} |", flush=True)


if __name__ == "__main__":
    main()
