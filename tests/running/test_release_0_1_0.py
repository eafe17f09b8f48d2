"""Learning is release 0.1.0's, number for number (tests/data/release_0_1_0/README.md).

Only chance is drawn in another way since; here it is drawn as it was.

Bit for bit on a processor and versions like those the data were made with; elsewhere the last digit
may differ, and grows with the number of updates.
"""

from __future__ import annotations

import io
import json
import lzma
from collections import defaultdict
from pathlib import Path
from typing import Any

import cpuinfo
import numpy as np
import pytest
import torch

from acd_plugin.configuration.layers import load_config
from acd_plugin.configuration.migration import migrate
from acd_plugin.learners.migration import migrate_state
from acd_plugin.running.assembly import make_training
from acd_plugin.running.recorder import NullRecorder
from acd_plugin.running.run_spec import resolve
from tests.running.chance_0_1_0 import draw_as_0_1_0
from tests.slow import slow_but

DATA = Path(__file__).resolve().parents[1] / "data" / "release_0_1_0"
MADE_WITH = json.loads((DATA / "made_with.json").read_text())
CONTINUED = json.loads((DATA / "continued_metrics.json").read_text())["runs"]
FIRST_EPOCHS = json.loads((DATA / "first_epochs.json").read_text())["runs"]
NOW = {  # the libraries choose their sums by what the processor can, and by who made it
    "torch": torch.__version__,
    "numpy": np.__version__,
    "torch_cpu_capability": torch.backends.cpu.get_cpu_capability(),
    "cpu_vendor": cpuinfo.get_cpu_info().get("vendor_id_raw"),
}
SAME_MACHINE = all(MADE_WITH[key] == value for key, value in NOW.items())
NEWER = ("bits_sent_mean", "test_bits_sent_mean")  # what the release did not count yet

Points = dict[str, list[tuple[int, float]]]


class Log(NullRecorder):
    """Keeps what is logged."""

    def __init__(self) -> None:
        self.points: Points = defaultdict(list)

    def log_stat(self, key: str, value: float, t: int) -> None:
        self.points[key].append((t, float(value)))


def release_points(recorded: dict[str, list[list[Any]]]) -> Points:
    """The release's numbers, which are written down as hexadecimal floats."""
    return {
        name: [(step, float.fromhex(value)) for step, value in series]
        for name, series in recorded.items()
    }


def compare(ours: Points, theirs: Points, tolerance: float, exactly: bool) -> None:
    ours = {name: series for name, series in ours.items() if name not in NEWER}
    assert ours.keys() == theirs.keys()
    if exactly:
        assert ours == theirs
        return
    for name, series in theirs.items():
        assert [step for step, _ in ours[name]] == [step for step, _ in series]
        assert [value for _, value in ours[name]] == pytest.approx(
            [value for _, value in series], rel=tolerance, abs=tolerance
        ), name


def exactly_as_then(args: Any) -> bool:
    """Whether the last digit must agree: the moments of rewards are sums in another order today."""
    return SAME_MACHINE and not getattr(args, "standardise_rewards", False)


@pytest.mark.parametrize(
    "name", slow_but(lambda name: name in ("dial", "qmix"), sorted(FIRST_EPOCHS))
)
def test_the_first_epochs(name: str) -> None:
    run = FIRST_EPOCHS[name]
    log = Log()
    config = load_config(run["algorithm"], run["environment"], run["overrides"])
    training = make_training(resolve(config), log)
    draw_as_0_1_0(training)
    training.train()
    compare(log.points, release_points(run["metrics"]), 1e-4, exactly_as_then(training.args))


@pytest.mark.parametrize(
    "name",
    slow_but(
        lambda name: name in ("dial", "dial_2_bits_separate", "qmix", "mappo"), sorted(CONTINUED)
    ),
)
def test_a_checkpoint_is_read_and_goes_on(name: str) -> None:
    run = CONTINUED[name]
    stored = torch.load(
        io.BytesIO(lzma.decompress((DATA / run["checkpoint"]).read_bytes())), weights_only=True
    )
    config = migrate(json.loads(stored["config"]))
    log = Log()
    training = make_training(resolve(config), log)
    training.load_state_dict(migrate_state(stored["state"], config))
    draw_as_0_1_0(training, stored["state"])
    assert training.runner.t_env == run["t1"]
    greedy = training.evaluate(16)["return"].tolist()
    assert greedy == pytest.approx(run["greedy_returns_t1"])
    training.train()
    # What the steps of an episode add to a gradient is summed in another order today.
    compare(log.points, release_points(run["after_t1"]), 1e-2, exactly=False)


@pytest.mark.parametrize("name", sorted(CONTINUED))
def test_migrating_a_state_twice_changes_nothing(name: str) -> None:
    run = CONTINUED[name]
    packed = (DATA / run["checkpoint"]).read_bytes()
    stored = torch.load(io.BytesIO(lzma.decompress(packed)), weights_only=True)
    config = json.loads(stored["config"])
    once = migrate_state(stored["state"], config)
    twice = migrate_state(once, migrate(config))
    assert once["learner"].keys() == twice["learner"].keys()
    assert once["learner"]["updates"] == twice["learner"]["updates"]
    assert once["learner"]["last_target_update"] == twice["learner"]["last_target_update"]
