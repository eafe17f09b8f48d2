"""Checkpoints that were damaged or altered are refused in one line, or are what they were.

Each case is a seed; ``--all`` runs 2,000 of them.
"""

from __future__ import annotations

import copy
import io
import json
import lzma
import random
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch

from acd_plugin.errors import UserError
from acd_plugin.hosts.builtin.training import Training
from acd_plugin.running.assembly import make_training
from acd_plugin.running.recorder import NullRecorder
from acd_plugin.running.run_spec import RunSpec
from acd_plugin.running.stored_run import load_policy, open_run, restore, spec_of
from acd_plugin.tracking.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from acd_plugin.tracking.run_folder import RunFolder
from tests.altered import ODD_VALUES, altered_bytes, altered_value, in_time
from tests.slow import slow
from tests.tracking.test_checkpoint import same

OLD = Path(__file__).resolve().parents[1] / "data" / "release_0_1_0" / "checkpoints"
ALGORITHMS = ("dial", "qmix", "mappo")
CASES = 50  # of one test
LEARNED = ("learner", "buffer", "episode", "runner")


class Original(NamedTuple):
    old: bytes  # as release 0.1.0 wrote it: without a checksum
    new: bytes
    payload: dict[str, Any]  # of the old file
    spec: RunSpec
    training: Training  # into which all is loaded
    state: dict[str, Any]  # of the training, when the original is in it


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Original]:
    place = tmp_path_factory.mktemp("originals")
    found = {}
    for name in ALGORITHMS:
        path = place / f"{name}.pt"
        path.write_bytes(lzma.decompress((OLD / f"{name}.pt.xz").read_bytes()))
        run = open_run(str(path), "")
        spec = spec_of(run)
        training = make_training(spec, NullRecorder())
        restore(training, run)
        state = copy.deepcopy(training.state_dict())
        (place / name).mkdir()
        new = save_checkpoint(RunFolder(place / name), load_checkpoint(path), keep=0)
        payload = torch.load(io.BytesIO(path.read_bytes()), weights_only=True)
        found[name] = Original(path.read_bytes(), new.read_bytes(), payload, spec, training, state)
    return found


def odd(value: Any, rng: random.Random) -> Any:
    """Something else in the place of a value, mostly of the same kind."""
    if not isinstance(value, torch.Tensor) or rng.random() < 0.2:
        return rng.choice([*ODD_VALUES, torch.zeros(3), torch.zeros(2, 3)])
    broken = value.double().flatten().repeat(1 if value.numel() else 2)
    if broken.numel():
        broken[rng.randrange(broken.numel())] = rng.choice([float("nan"), float("inf"), 1e300])
    others = [
        value[None],
        value.flatten(),
        value.double(),
        value.to(torch.uint8),
        value.flatten()[:0],
    ]
    return rng.choice([*others, broken.reshape(value.shape).to(value.dtype), broken])


def altered(original: Original, rng: random.Random, folder: RunFolder) -> tuple[Path, bool]:
    """Write an altered checkpoint; returns where, and whether its bytes alone were altered."""
    path = folder.checkpoints / "7.pt"
    kind = rng.choice(["old", "new", "old state", "new state"])
    if kind in ("old", "new"):
        path.write_bytes(altered_bytes(getattr(original, kind), rng))
        return path, True
    payload = dict(original.payload)
    part = rng.choice(["state", "state", "state", rng.choice(list(payload))])
    inside = isinstance(payload[part], dict)
    payload[part] = (
        altered_value(payload[part], rng, lambda value: odd(value, rng), deepest=100)
        if inside
        else odd(payload[part], rng)
    )
    if kind == "old state":
        torch.save(payload, path)
    else:  # by whoever has this program, and so has the right checksum
        config = json.loads(original.payload["config"])
        written = Checkpoint(config, payload["scenario"], 7, payload["state"])
        save_checkpoint(folder, written, keep=0)
    return path, False


def is_finite(value: Any) -> bool:
    if isinstance(value, torch.Tensor):
        return not value.is_floating_point() or bool(value.isfinite().all())
    if isinstance(value, dict | list | tuple):
        return all(map(is_finite, value.values() if isinstance(value, dict) else value))
    return not isinstance(value, float) or abs(value) < float("inf")


def taken(path: Path, original: Original) -> dict[str, Any] | str:
    """The state that was loaded from a file, or what was said of it."""
    try:
        run = open_run(str(path), "")
        spec_of(run)
        restore(original.training, run)
        load_policy(run, original.spec, 4, 0)
    except UserError as error:
        return str(error)
    return original.training.state_dict()


@pytest.mark.parametrize("first", [0, CASES, *slow(range(2 * CASES, 2000, CASES))])
def test_altered_checkpoints(originals: dict[str, Original], tmp_path: Path, first: int) -> None:
    refused = 0
    for seed in range(first, first + CASES):
        rng = random.Random(seed)
        original = originals[rng.choice(ALGORITHMS)]
        folder = RunFolder(tmp_path / str(seed))
        folder.checkpoints.mkdir(parents=True)
        path, is_damaged = altered(original, rng, folder)
        with in_time():
            found = taken(path, original)
            if isinstance(found, str):
                assert found.startswith(str(path)), (seed, found)
                assert "\n" not in found, seed
                refused += 1
                continue
            assert is_finite(found), seed
            if is_damaged:
                assert all(same(found[part], original.state[part]) for part in LEARNED), seed
                assert same(found["mac"]["agent"], original.state["mac"]["agent"]), seed
            original.training.train_once()
    assert refused > CASES / 2
