"""How fast the game is on a GPU, and whether it is the CPU's.

    python benchmarks/gpu_game.py [--games 4096 16384 131072] [--compare]

Plays episodes with random actions: launched step by step from Python, and as a CUDA graph that
holds an episode. Prints game steps per second (every game counts one per step), the median of
several episodes; first it checks that every array is the CPU's after the reset and at the end.
``--compare`` also measures other memory orders and block sizes. A part that fails says why, and the
others go on; the exit code is 1 then.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import platform
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from statistics import median
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from acd_plugin.configuration.layers import load_config
from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.compiled.gpu import check_gpu
from acd_plugin.envs.cyborg.definition import GameDefinition, define_game
from acd_plugin.envs.cyborg.device_batch import DeviceBatch
from acd_plugin.envs.cyborg.native_batch import NativeBatchEnv
from acd_plugin.envs.device_games import host_array, write

ENVIRONMENTS = ("cyborg_small", "cyborg_large")
PACKAGES = ("torch", "numpy", "numba", "llvmlite", "numba-cuda", "cuda-bindings", "cuda-core")
GAMES = (4_096, 16_384, 131_072)
CHECKED = (2_048, (3, 2**40))  # games of each seed, and the seeds
FIRST_EPISODE = 1_000
LAYOUTS: tuple[tuple[Literal["C", "F"], int], ...] = (
    *(("F", block) for block in (32, 64, 128)),
    *(("C", block) for block in (32, 128)),
)


def define(env: str) -> GameDefinition:
    return define_game(load_config("dial", env, [])["env_args"])


class Player:
    """Games on the device and the actions of an episode, the same for every step."""

    def __init__(
        self,
        env: str,
        games: int,
        seeds: Sequence[int] = (0,),
        order: Literal["C", "F"] = "F",
        block: int = 32,
    ) -> None:
        begin = time.perf_counter()
        self.batch = DeviceBatch(define(env), games, seeds, order=order, block=block)
        self.seconds_to_make = time.perf_counter() - begin
        self.steps = games * len(seeds) * self.batch.episode_limit
        write(self.batch.first_episode, [FIRST_EPISODE] * len(seeds))
        self.policy = random_actions(self.batch)
        write(self.batch.actions, self.policy)

    def play(self) -> None:
        """Launch an episode on torch's current stream."""
        stream = torch.cuda.current_stream().cuda_stream
        self.batch.reset(stream)
        for _ in range(self.batch.episode_limit):
            self.batch.step(stream)
        self.batch.summarise(stream)

    def capture(self) -> Callable[[], None]:
        """Return an episode as one graph."""
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self.play()
        return graph.replay


def random_actions(batch: DeviceBatch) -> NDArray[np.int64]:
    shape = (batch.n_seeds * batch.n_games, batch.n_agents)
    return np.random.default_rng(0).integers(0, batch.n_actions, shape)


def rate(player: Player, play: Callable[[], None], repeats: int = 20) -> float:
    """Return game steps per second."""
    play()
    times = []
    for _ in range(repeats):
        begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        begin.record(torch.cuda.current_stream())
        play()
        end.record(torch.cuda.current_stream())
        end.synchronize()
        times.append(begin.elapsed_time(end) / 1e3)
    return player.steps / median(times)


def differences(player: Player, env: str, seeds: Sequence[int]) -> list[str]:
    """Name the arrays that are not the CPU's after the episode that was just played."""
    batch = player.batch
    cpus = [NativeBatchEnv(define(env), batch.n_games, seed) for seed in seeds]
    for cpu, actions in zip(cpus, np.split(player.policy, len(seeds)), strict=True):
        cpu.reset(FIRST_EPISODE, Purpose.TRAIN)
        for _ in range(cpu.episode_limit):
            cpu.step(actions)
    found = {**batch.state._asdict(), **batch.totals._asdict(), **batch.statistics}
    expected = [
        {**cpu.state._asdict(), **cpu.totals._asdict(), **cpu.episode_stats()} for cpu in cpus
    ]
    return [
        name
        for name, array in found.items()
        if not np.array_equal(host_array(array), np.concatenate([each[name] for each in expected]))
    ]


def check(env: str) -> None:
    games, seeds = CHECKED
    player = Player(env, games, seeds)
    print(f"{env}: compiled, or loaded, in {player.seconds_to_make:.1f} s")
    for how, play in (("launched", player.play), ("captured", player.capture())):
        write(player.batch.rewards, np.nan)
        play()
        torch.cuda.synchronize()
        wrong = differences(player, env, seeds)
        arrays = len(player.batch.state) + len(player.batch.totals)
        told = f"DIFFERENT: {', '.join(wrong)}" if wrong else f"all {arrays} arrays are the CPU's"
        print(f"{env}, {how}, {player.batch.episode_limit} steps of {games} games: {told}")
        if wrong:
            raise AssertionError("the game on the GPU is another one")
    seen = torch.as_tensor(player.batch.observations, device="cuda")
    interface = getattr(player.batch.observations, "__cuda_array_interface__", None)
    copied = interface is None or seen.data_ptr() != interface["data"][0]
    print(f"{env}: torch sees {tuple(seen.shape)} {'as a COPY' if copied else 'without a copy'}")
    if player.batch.complaints():
        raise AssertionError(f"complaints: {player.batch.complaints()}")


def measure(env: str, games: int) -> None:
    player = Player(env, games)
    launched = rate(player, player.play)
    captured = rate(player, player.capture())
    per_step = games / captured * 1e6
    print(f"{env:<14}{games:>9,}{launched:>17,.0f}{captured:>17,.0f}{per_step:>12.1f}", flush=True)


def compare(env: str, games: int) -> None:
    for order, block in LAYOUTS:
        player = Player(env, games, order=order, block=block)
        captured = rate(player, player.capture())
        print(
            f"{env:<14}{games:>9,}   order {order}  block {block:>4}{captured:>17,.0f}", flush=True
        )


def machine() -> None:
    check_gpu()
    print(f"{torch.cuda.get_device_name()}, Python {platform.python_version()}")
    print(", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES), flush=True)


class Parts:
    """Parts of the benchmark, of which each may fail."""

    def __init__(self) -> None:
        self.failed = False

    def run(self, part: Callable[..., None], *arguments: object) -> None:
        try:
            part(*arguments)
        except Exception as error:
            self.failed = True
            print(f"FAILED {part.__name__}{arguments}: {error}")
            print("".join(traceback.format_exc().splitlines(keepends=True)[-12:]), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--games", type=int, nargs="+", default=GAMES)
    parser.add_argument("--compare", action="store_true", help="other orders and block sizes, too")
    options = parser.parse_args()
    parts = Parts()
    parts.run(machine)
    if not torch.cuda.is_available():
        return 1
    for env in ENVIRONMENTS:
        parts.run(check, env)
    print(f"{'environment':<14}{'games':>9}{'launched, /s':>17}{'graph, /s':>17}{'us a step':>12}")
    for env in ENVIRONMENTS:
        for games in options.games:
            parts.run(measure, env, games)
    for env in ENVIRONMENTS if options.compare else ():
        for games in options.games:
            parts.run(compare, env, games)
    return int(parts.failed)


if __name__ == "__main__":
    sys.exit(main())
