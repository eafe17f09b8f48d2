"""How many operations an epoch asks of a GPU, counted on a machine without one.

    NUMBA_ENABLE_CUDASIM=1 python benchmarks/launches.py [dial:cyborg_small ...]

Networks are so small here that an epoch, as a CUDA graph, takes about as long as its operations are
many, until some ten seeds are trained together. Counted is what is not a view: of 128 games played
and learned from (Q-learning: 16 plays and updates), and one for each step of the games.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar
from unittest import mock

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from acd_plugin.configuration.layers import load_config
from acd_plugin.envs.compiled.gpu import simulated
from acd_plugin.envs.device_games import PlayedOnDevice
from acd_plugin.hosts.builtin.joint import JointTraining, parts, recurrence
from acd_plugin.hosts.builtin.joint.games import JointGames
from acd_plugin.hosts.builtin.training import Training
from acd_plugin.running.assembly import make_training
from acd_plugin.running.recorder import NullRecorder
from acd_plugin.running.run_spec import resolve

CASES = [
    f"{algorithm}:{env}"
    for env in ("cyborg_small", "cyborg_large")
    for algorithm in ("dial", "dial_nocomm", "rial", "qmix", "ippo")
]
GAMES = 128  # of an epoch
SEEDS = 2
ResultT = TypeVar("ResultT")
NO_WORK = ("aten.empty", "aten._unsafe_view", "aten.detach", "aten._local_scalar_dense")


class Operations(TorchDispatchMode):
    """Counts the operations that a GPU would do while this is entered."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.counts: Counter[str] = Counter()
        self._within_one = False

    def __torch_dispatch__(
        self,
        function: torch._ops.OpOverload,
        types: object,
        arguments: tuple[object, ...] = (),
        options: Mapping[str, object] | None = None,
    ) -> object:
        del types  # part of the contract
        returned = function._schema.returns
        is_view = any(one.alias_info and not one.alias_info.is_write for one in returned)
        if not (self._within_one or is_view or str(function).startswith(NO_WORK)):
            self.counts[str(function)] += 1
        return function(*arguments, **(options or {}))

    def as_one(self, function: Callable[..., ResultT]) -> Callable[..., ResultT]:
        """Return a function whose calls count as one operation each, as they are one on a GPU."""

        def counted(*arguments: object) -> ResultT:
            self.counts[function.__name__] += 1
            self._within_one = True
            try:
                return function(*arguments)
            finally:
                self._within_one = False

        return counted

    def of(self, work: Callable[[], object]) -> int:
        """Return how many operations there are in ``work``."""
        self.counts.clear()
        forward = self.as_one(recurrence.forward_step)
        backward = self.as_one(recurrence.backward_step)
        ones = mock.patch.multiple(recurrence, forward_step=forward, backward_step=backward)
        with self, ones:
            work()
        return self.counts.total()


def simulated_games(runs: Sequence[Training], device: torch.device) -> JointGames:
    """Return the games as they would be on a GPU."""
    blueprint = runs[0].args.blueprint
    assert isinstance(blueprint, PlayedOnDevice)
    return parts.games_on_device(runs, blueprint, device)


def line(case: str, lists: bool) -> str:
    """Return what a case asks for; ``lists`` adds the most frequent operations."""
    algorithm, env = case.split(":")
    settled = load_config(algorithm, env, [])
    times = GAMES // int(settled["batch_size_run"])
    keeps_old = settled["buffer_size"] > settled["batch_size"]
    few = {"batch_size_run": 2, "batch_size": 2, "buffer_size": 4 if keeps_old else 2}
    overrides = [f"{name}={value}" for name, value in few.items()]
    runs = [
        make_training(
            resolve(load_config(algorithm, env, [*overrides, f"seed={seed}"])), NullRecorder()
        )
        for seed in range(SEEDS)
    ]
    with mock.patch.object(parts, "games_of", simulated_games):
        joint = JointTraining(runs)
    operations = Operations()
    steps = runs[0].args.episode_limit
    playing = operations.of(joint._play) + steps
    most_playing = operations.counts.most_common(40)
    learning = operations.of(joint._learn)
    most_learning = operations.counts.most_common(40)
    found = (
        f"{algorithm:12} {env:14} {playing:8,} {learning:8,} {times:6} "
        f"{times * (playing + learning):9,}"
    )
    if not lists:
        return found
    return f"{found}\n  playing: {told(most_playing)}\n  learning: {told(most_learning)}"


def told(counts: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{name.removeprefix('aten.')} {count}" for name, count in counts)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*", default=CASES, help="algorithm:environment")
    parser.add_argument("--list", action="store_true", help="the most frequent ones by name, too")
    options = parser.parse_args()
    if not simulated():
        print("set NUMBA_ENABLE_CUDASIM=1: the games are those of numba's simulator of a GPU")
        return 2
    print("algorithm    environment      a play   update  times     epoch")
    for case in options.cases:
        print(line(case, options.list), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
