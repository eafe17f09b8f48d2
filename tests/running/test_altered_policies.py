"""Exported policies that somebody has altered and sealed again: refused in one line, or they act.

A right checksum tells that a file is whole, not that it is well meant. Each case is a seed;
``--all`` runs 600 of them.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from safetensors.torch import save
from torch import Tensor

from acd_plugin.envs.blueprint import Interface
from acd_plugin.errors import UserError
from acd_plugin.running.stored_run import load_trained_policy, open_policy
from acd_plugin.running.trained_policy import TrainedPolicy
from acd_plugin.tracking import policy_file
from acd_plugin.tracking.policy_file import PolicyContent, write_policy
from tests.altered import ODD_VALUES, altered_value, in_time, places_in
from tests.running.test_export import shaken
from tests.slow import slow

resource = pytest.importorskip("resource")  # how much memory was used: POSIX alone tells

ALGORITHMS = ("dial", "rial", "qmix", "ippo", "dial share_parameters=False")
CASES = 60  # of one test
LARGE = [2, 17, 30, 64, 1000, 10**4, 10**5, 10**6, 10**9, 2**62]  # in the place of a size
MEMORY = 600_000  # KiB: of what is taken before a file is refused, libraries included


class Original(NamedTuple):
    told: Any  # the text in the file, as nested values
    weights: dict[str, Tensor]
    greedy: bool


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> list[Original]:
    place = tmp_path_factory.mktemp("originals")
    found = []
    for number, algorithm in enumerate(ALGORITHMS):
        spec, policy = shaken(*algorithm.split())
        path = place / f"{number}.safetensors"
        interface = Interface(spec.sizes, spec.blueprint.comm_layout)
        weights = {name: one.clone() for name, one in policy.mac.agent.state_dict().items()}
        write_policy(path, PolicyContent(spec.config, 0, interface, weights))
        data = path.read_bytes()
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
        text = header["__metadata__"]["acd_plugin"].partition(" ")[2]
        found.append(Original(json.loads(text), weights, number % 2 == 0))
    return found


def sealed(told: Any, weights: dict[str, Tensor]) -> bytes:
    """A file with any content, and the checksum of that."""
    text = json.dumps(told)
    mark = f"{policy_file._checksum(text, weights)} {text}"
    return save(weights, {"acd_plugin": mark})


def altered(original: Original, rng: random.Random) -> bytes:
    told, weights = original.told, dict(original.weights)
    kind = rng.choice(["settings", "sizes", "number", "number", "weights", "any"])
    if kind == "weights":
        name = rng.choice(list(weights))
        one = weights[name]
        others = [one[None].clone(), one.double(), one[:0].clone(), -one, one * 1e38, one.int()]
        weights[name] = rng.choice(others)
        if rng.random() < 0.3:
            weights[f"{name}x"] = weights.pop(name)
    elif kind == "number":
        numbers = [place for place in places_in(told) if type(place[0][place[1]]) in (int, float)]
        told = json.loads(json.dumps(told))
        at = rng.choice(numbers)
        keys = [(c, k) for c, k in places_in(told) if k == at[1] and type(c[k]) is type(at[0][k])]
        container, key = rng.choice(keys)
        container[key] = rng.choice(LARGE)
    else:
        part = told if kind == "any" else told[kind]
        changed = altered_value(part, rng, lambda _: rng.choice(ODD_VALUES), deepest=100)
        told = changed if kind == "any" else {**told, kind: changed}
    return sealed(told, weights)


def act(policy: TrainedPolicy, rng: random.Random, greedy: bool) -> None:
    games, steps = 2, min(3, policy.sizes.episode_limit)
    policy.reset(games)
    for _ in range(steps):
        shape = (games, policy.sizes.n_agents)
        seen = np.full((*shape, policy.sizes.observation_size), rng.choice([0, 1]), np.float32)
        actions, messages = policy.act(seen, np.ones((*shape, policy.sizes.n_actions)), greedy)
        assert np.isfinite(messages).all()
        assert ((actions >= 0) & (actions < policy.sizes.n_actions)).all()


def outcome(path: Path, rng: random.Random, greedy: bool) -> str | None:
    """What is said of a file; None: it is a policy, and acts."""
    with in_time():
        try:
            act(load_trained_policy(open_policy(str(path), "")), rng, greedy)
        except UserError as error:
            return str(error)
    return None


@pytest.mark.parametrize("first", [0, *slow(range(CASES, 600, CASES))])
def test_altered_policies(originals: list[Original], tmp_path: Path, first: int) -> None:
    torch.manual_seed(0)
    refused = 0
    for seed in range(first, first + CASES):
        rng = random.Random(seed)
        original = rng.choice(originals)
        path = tmp_path / f"{seed}.safetensors"
        try:
            path.write_bytes(altered(original, rng))
        except (UnicodeEncodeError, ValueError):  # half of a character: no such file can be
            continue
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        told = outcome(path, rng, original.greedy)
        assert "\n" not in (told or ""), seed
        refused += told is not None
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEMORY, seed
    assert refused > CASES / 4
