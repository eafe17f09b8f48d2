"""The games of release 0.1.0, array by array: see ``tests/data/release_0_1_0/README.md``."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from acd_plugin.configuration.layers import load_config
from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.blueprint import CyborgBlueprint

DATA = Path(__file__).parents[2] / "data" / "release_0_1_0" / "state_digests.json"
RECORDED = json.loads(DATA.read_text())


class Case(NamedTuple):
    environment: str
    seed: int
    purpose: str
    first_episode: int


CASES = {
    Case(*(entry[field] for field in Case._fields)): entry["game"]["fields"]
    | entry["dice"]["fields"]
    for entry in RECORDED["cases"]
}


class Digests:
    """A running hash of every field: of all arrays that it has been."""

    def __init__(self) -> None:
        self.running: defaultdict[str, hashlib._Hash] = defaultdict(hashlib.sha256)

    def add(self, name: str, array: NDArray[np.generic]) -> None:
        shape = ",".join(map(str, array.shape))
        self.running[name].update(f"{name} {array.dtype.str} {shape}\n".encode())
        self.running[name].update(np.ascontiguousarray(array).tobytes())


def play(case: Case) -> dict[str, str]:
    """Play as the release did and return every field's digest."""
    env_args = load_config("dial", case.environment, [])["env_args"]
    env = CyborgBlueprint(env_args).make_batch(RECORDED["games"], case.seed)
    policy = np.random.Generator(np.random.PCG64(RECORDED["policy_seed"]))
    digests = Digests()

    def look() -> None:
        for name, array in env.state._asdict().items():
            digests.add(f"state.{name}", array)
        for name, array in env.totals._asdict().items():
            digests.add(f"totals.{name}", array)
        digests.add("threatened", env.truths()["threatened"])

    env.reset(case.first_episode, Purpose[case.purpose])
    look()
    for _ in range(env.episode_limit):
        draws = policy.random((env.n_games, env.n_agents, env.n_actions))
        draws[~env.available_actions] = -1.0
        actions = draws.argmax(axis=2)
        result = env.step(actions)
        digests.add("actions", actions.astype(np.int64))
        for name in ("rewards", "terminated", "truncated"):
            digests.add(f"step.{name}", getattr(result, name))
        look()
    for name, values in env.episode_stats().items():
        digests.add(f"episode_stats.{name}", values)
    env.close()
    return {name: running.hexdigest() for name, running in digests.running.items()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(map(str, case)))
def test_every_array_of_every_step_is_what_it_was(case: Case) -> None:
    found = play(case)
    different = [name for name, digest in CASES[case].items() if found.get(name) != digest]
    assert not different
