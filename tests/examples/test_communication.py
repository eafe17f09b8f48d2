"""Algorithms and controls of one's own that communicate: the examples, and what a check says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from acd_plugin.configuration.layers import load_config
from acd_plugin.configuration.plugins import load_plugins
from acd_plugin.running.algorithm_check import check_algorithm
from acd_plugin.running.assembly import make_training
from acd_plugin.running.recorder import NullRecorder
from acd_plugin.running.run_spec import resolve
from tests.cli.conftest import do_in
from tests.conftest import TINY, MakeTraining

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
COMMNET = EXAMPLES / "commnet" / "commnet.yaml"
TRUE_ALARM = EXAMPLES / "message_control" / "true_alarm.yaml"


@pytest.fixture(autouse=True)
def _plugins() -> None:
    load_plugins([str(path.with_suffix(".py")) for path in (COMMNET, TRUE_ALARM)])


def make(path: Path, *overrides: str, env: str = "cyborg_small") -> Any:
    return make_training(resolve(load_config(str(path), env, [*TINY, *overrides])), NullRecorder())


@pytest.mark.parametrize("path", [COMMNET, TRUE_ALARM], ids=lambda path: path.stem)
def test_the_check_finds_nothing_to_complain_of(path: Path) -> None:
    assert check_algorithm(str(path), "cyborg_large", ["hidden_dim=16"]) == []


@pytest.mark.parametrize("path", [COMMNET, TRUE_ALARM], ids=lambda path: path.stem)
def test_it_learns_and_plays_greedily_the_same_games_again(path: Path) -> None:
    training = make(path)
    before = [parameter.detach().clone() for parameter in training.mac.parameters()]
    for _ in range(3):
        training.train_once()
    after = list(training.mac.parameters())
    assert any(not torch.equal(one, two) for one, two in zip(before, after, strict=True))
    one, two = (training.evaluate(8) for _ in range(2))
    assert all((one[name] == two[name]).all() for name in one)


def test_in_commnet_everybody_hears_the_mean_of_what_the_others_thought() -> None:
    training = make(COMMNET, env="cyborg_large")
    batch = training.runner.run(test_mode=False)
    unrolled = training.mac.unroll(batch, 60)
    assert unrolled.received.shape == (8, 60, 3, 16)
    mean = (batch["messages"][:, 3, 0] + batch["messages"][:, 3, 2]) / 2
    torch.testing.assert_close(unrolled.received[:, 4, 1], mean)
    assert not unrolled.received[:, 0].any()


def test_commnet_solves_what_nobody_can_alone(make_toy_training: MakeTraining) -> None:
    training: Any = make_toy_training(
        *("hidden_dim=32", "batch_size=32", "batch_size_run=32", "buffer_size=32", "lr=0.002"),
        *("epsilon_anneal_time=8000", "target_update_interval_or_tau=20"),
        algorithm=str(COMMNET),
    )
    for _ in range(300):
        training.train_once()
    returns = [training.runner.run(test_mode=True)["reward"].sum(dim=(1, 2)) for _ in range(4)]
    assert torch.cat(returns).mean().item() == 1.0


def test_a_true_alarm_is_an_alarm_and_true() -> None:
    batch = make(TRUE_ALARM, env="cyborg_large").runner.run(test_mode=False)
    shown = (batch["obs"][..., :16] > 0).any(-1, keepdim=True)  # four hosts of four bits
    expected = batch["threatened"] * shown
    assert torch.equal(batch["messages"][:, :-1], expected[:, :-1])
    assert 0 < expected.sum() < shown.sum()


def test_it_is_trained_by_the_command(tmp_path: Path) -> None:
    words = [f"--config={COMMNET}", "--env-config=cyborg_small", "with", *TINY, "t_max=240"]
    assert (do_in(tmp_path, words) / "1" / "checkpoints" / "240.pt").exists()
