"""Play games on a GPU, or in numba's simulator of one, and write down every array.

The simulator must be chosen before numba is loaded, so this is a program:
``[NUMBA_ENABLE_CUDASIM=1] python -m tests.envs.cyborg.device_session FILE CASE [CASE ...]``.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.attackers import register_attacker
from acd_plugin.envs.cyborg.definition import define_game
from acd_plugin.envs.cyborg.device_batch import DeviceBatch
from acd_plugin.envs.cyborg.native_batch import NativeBatchEnv
from acd_plugin.envs.cyborg.reward_terms import register_reward_term
from acd_plugin.envs.device_games import host_array, write
from tests.envs.cyborg import plugged
from tests.envs.cyborg.games import env_args

Arrays = dict[str, NDArray[np.generic]]
ATTACKERS = ("unscanned", "sometimes_illegal")
TERMS = ("blocks", "fractions")


class Case(NamedTuple):
    """Games of several seeds, which may have begun different episodes."""

    env: str = "cyborg_small"
    overrides: tuple[str, ...] = ()
    seeds: tuple[int, ...] = (5, 2**40 + 9)
    first_episodes: tuple[int, ...] = (0, 1000)
    games: int = 2
    purpose: Purpose = Purpose.TRAIN
    steps: int = 12


class Record(NamedTuple):
    """What was seen: the arrays after the reset and after every step, and what is left."""

    arrays: list[Arrays]
    statistics: Arrays
    complaints: Mapping[int, str] = {}


OWN = ("attacker=unscanned", "reward_terms={'blocks': -0.3, 'fractions': 0.7}")
CASES = {
    "small": Case(),
    "green": Case("cyborg_small_green", purpose=Purpose.TEST, first_episodes=(7, 7)),
    "large": Case("cyborg_large"),
    "own": Case(overrides=OWN, seeds=(0,), first_episodes=(3,)),
    "cut_off": Case(overrides=("bootstrap_at_time_limit=True", "analyse_mode=detect"), steps=4),
    "attackers": Case(
        "cyborg_large", ("attacker=direct+patient+wandering+stealthy+random",), games=6
    ),
    "hidden": Case("hidden_target", games=4),
    "team": Case("heterogeneous_mismatch", ("sees=team",)),
    "illegal": Case(overrides=("attacker=sometimes_illegal",), seeds=(1, 2), steps=3),
    "whole_small": Case(games=16, steps=30, seeds=(0, 1, 2), first_episodes=(0, 16, 5)),
    "whole_green": Case("cyborg_small_green", games=16, steps=30),
    "whole_large": Case("cyborg_large", games=16, steps=60),
    "whole_own": Case("cyborg_large", overrides=OWN, games=8, steps=60),
}


def register() -> None:
    for name in ATTACKERS:
        register_attacker(name, getattr(plugged, name))
    for name in TERMS:
        register_reward_term(name, getattr(plugged, name))


def actions_of(case: Case, agents: int, actions: int) -> NDArray[np.int64]:
    """Return what the defenders do (T, S G, N)."""
    generator = np.random.Generator(np.random.PCG64(0))
    shape = (case.steps, len(case.seeds) * case.games, agents)
    return generator.integers(0, actions, shape)


def play_on_device(case: Case) -> Record:
    definition = define_game(env_args(*case.overrides, env=case.env))
    batch = DeviceBatch(definition, case.games, case.seeds, ("threatened",))
    write(batch.first_episode, case.first_episodes)
    write(batch.purpose, case.purpose)
    arrays: list[Arrays] = []

    def look() -> None:
        seen = {**batch.state._asdict(), **batch.totals._asdict(), **batch.truths}
        arrays.append({name: host_array(array).copy() for name, array in seen.items()})

    batch.reset()
    look()
    for actions in actions_of(case, batch.n_agents, batch.n_actions):
        write(batch.actions, actions)
        batch.step()
        look()
    batch.summarise()
    statistics = {name: host_array(array) for name, array in batch.statistics.items()}
    complaints = {seed: str(error) for seed, error in batch.complaints().items()}
    batch.close()
    return Record(arrays, statistics, complaints)


def play_on_cpu(case: Case) -> Record:
    definition = define_game(env_args(*case.overrides, env=case.env))
    batches = [NativeBatchEnv(definition, case.games, seed) for seed in case.seeds]
    arrays: list[Arrays] = []

    def look() -> None:
        arrays.append(
            _joined(
                {**batch.state._asdict(), **batch.totals._asdict(), **batch.truths()}
                for batch in batches
            )
        )

    for batch, first_episode in zip(batches, case.first_episodes, strict=True):
        batch.reset(first_episode, case.purpose)
    look()
    for actions in actions_of(case, batches[0].n_agents, batches[0].n_actions):
        for batch, own in zip(batches, np.split(actions, len(batches)), strict=True):
            batch.step(own)
        look()
    return Record(arrays, _joined(batch.episode_stats() for batch in batches))


def _joined(parts: Iterable[Mapping[str, NDArray[np.generic]]]) -> Arrays:
    """Return the arrays of all seeds, one after the other."""
    each = list(parts)
    return {name: np.concatenate([part[name] for part in each]) for name in each[0]}


if __name__ == "__main__":
    register()
    Path(sys.argv[1]).write_bytes(
        pickle.dumps({name: tuple(play_on_device(CASES[name])) for name in sys.argv[2:]})
    )
