"""The game on a GPU is the CPU's, array by array; in numba's simulator where there is no GPU.

The simulator runs the kernels, and the rules as plain Python; the CPU's are compiled.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from acd_plugin.envs.compiled.gpu import check_gpu
from acd_plugin.envs.cyborg.attackers import ATTACKERS
from acd_plugin.envs.cyborg.blueprint import CyborgBlueprint
from acd_plugin.envs.cyborg.game.types import Red
from acd_plugin.envs.cyborg.reward_terms import REWARD_TERMS
from acd_plugin.envs.device_games import PlayedOnDevice
from acd_plugin.errors import UserError
from tests.envs.cyborg import device_session
from tests.envs.cyborg.device_session import CASES, Record, play_on_cpu
from tests.envs.cyborg.games import env_args

ROOT = Path(__file__).resolve().parents[3]
SHORT = ("small", "green", "large", "own", "cut_off", "attackers", "hidden", "team")
WHOLE = ("whole_small", "whole_green", "whole_large", "whole_own")
MACHINES = ("simulator", "gpu")


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    device_session.register()
    yield
    for name in device_session.ATTACKERS:
        del ATTACKERS[name]
    for name in device_session.TERMS:
        del REWARD_TERMS[name]


def play_on(machine: str, cases: tuple[str, ...], folder: Path) -> dict[str, Record]:
    """Play the cases in a process of their own."""
    if machine == "gpu":
        try:
            check_gpu()
        except UserError as error:
            pytest.skip(str(error))
    file = folder / "records.pickle"
    subprocess.run(
        [sys.executable, "-m", "tests.envs.cyborg.device_session", str(file), *cases],
        cwd=ROOT,
        env={**os.environ, "NUMBA_ENABLE_CUDASIM": str(int(machine == "simulator"))},
        check=True,
    )
    return {name: Record(*parts) for name, parts in pickle.loads(file.read_bytes()).items()}


def differences(found: Record, expected: Record) -> list[str]:
    """Name what is not equal, bit for bit: step and array."""
    pairs = [*zip(found.arrays, expected.arrays, strict=True)]
    pairs.append((found.statistics, expected.statistics))
    assert all(ours.keys() == theirs.keys() for ours, theirs in pairs)
    return [
        f"step {step}: {name}"
        for step, (ours, theirs) in enumerate(pairs)
        for name, array in ours.items()
        if array.dtype != theirs[name].dtype or not np.array_equal(array, theirs[name])
    ]


@pytest.mark.parametrize(
    ("machine", "cases"),
    [
        *((machine, SHORT) for machine in MACHINES),
        *(pytest.param(machine, WHOLE, marks=pytest.mark.slow) for machine in MACHINES),
    ],
)
def test_every_array_of_every_step_is_the_cpus(
    machine: str, cases: tuple[str, ...], tmp_path: Path
) -> None:
    found = play_on(machine, cases, tmp_path)
    for name in cases:
        expected = play_on_cpu(CASES[name])
        assert expected.statistics["hosts_compromised"].any(), "a game in which nothing happens"
        assert differences(found[name], expected) == [], name
        assert not found[name].complaints


@pytest.mark.parametrize("machine", MACHINES)
def test_an_illegal_choice_is_slept_through_and_told_by_seed(machine: str, tmp_path: Path) -> None:
    """`plugged.sometimes_illegal` chooses what is not there in the second step of odd episodes."""
    record = play_on(machine, ("illegal",), tmp_path)["illegal"]
    refused = [arrays["red_refused"].tolist() for arrays in record.arrays]
    assert refused[1] == [False] * 4
    assert refused[2] == refused[3] == [False, False, False, True]
    assert record.arrays[2]["red_kind"].tolist() == [Red.SLEEP] * 4
    assert list(record.complaints) == [1]
    assert "attacker 'sometimes_illegal'" in record.complaints[1]
    assert "1 of 2 games" in record.complaints[1]


def test_what_cannot_be_played_on_a_gpu_says_so() -> None:
    blueprint = CyborgBlueprint(env_args("backend=cyborg"))
    assert isinstance(blueprint, PlayedOnDevice)
    with pytest.raises(UserError, match="use backend=native"):
        blueprint.make_device_games(1, [0])
