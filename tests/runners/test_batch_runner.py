"""The batch runner: EPyMARL's contract, and independence of the number of games."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
import torch

from acd_plugin.hosts.builtin.training import Training
from acd_plugin.running.recorder import NullRecorder
from tests.conftest import MakeTraining


class ListLogger(NullRecorder):
    """Keeps what is logged."""

    def __init__(self) -> None:
        self.logged: dict[str, list[tuple[int, float]]] = defaultdict(list)

    def log_stat(self, key: str, value: float, t: int) -> None:
        self.logged[key].append((t, value))


def with_logger(training: Training) -> dict[str, list[tuple[int, float]]]:
    logger = ListLogger()
    training.runner.logger = logger
    return logger.logged


def test_env_info_has_epymarls_keys(make_training: MakeTraining) -> None:
    info = make_training(env="cyborg_large").runner.get_env_info()
    assert info == {
        "state_shape": 54,
        "obs_shape": 18,
        "n_actions": 15,
        "n_agents": 3,
        "episode_limit": 60,
    }


def test_a_batch_holds_whole_episodes(make_training: MakeTraining) -> None:
    batch = make_training().runner.run(test_mode=False)
    assert batch["filled"].all()
    assert batch["terminated"][:, :-1, 0].sum(dim=1).tolist() == [1] * 8
    assert batch["terminated"][:, -2].all()
    assert torch.equal(batch["state"], batch["obs"].flatten(2))
    assert torch.equal(
        batch["actions_onehot"][:, :-1].argmax(dim=-1, keepdim=True), batch["actions"][:, :-1]
    )


def test_training_counts_steps_and_tests_do_not(make_training: MakeTraining) -> None:
    runner = make_training().runner
    runner.run(test_mode=True)
    assert runner.t_env == 0
    runner.run(test_mode=False)
    assert runner.t_env == 8 * 30


def test_returns_are_logged_under_epymarls_names(make_training: MakeTraining) -> None:
    training = make_training()
    logged = with_logger(training)
    batch = training.runner.run(test_mode=False)
    returns = batch["reward"].sum(dim=(1, 2))
    ((step, mean),) = logged["return_mean"]
    assert step == 240
    assert mean == pytest.approx(returns.mean().item(), rel=1e-5)
    assert logged["ep_length_mean"] == [(240, 30.0)]
    assert logged["epsilon"] == [(240, 1.0)]
    parts = ("cost_damage", "cost_restore", "cost_remove_analyse", "cost_block")
    total = sum(logged[f"{part}_mean"][0][1] for part in parts)
    assert total == pytest.approx(-returns.mean().item(), rel=1e-5)


def test_a_test_is_logged_when_all_its_episodes_are_played(make_training: MakeTraining) -> None:
    training = make_training("test_nepisode=16")
    logged = with_logger(training)
    training.runner.run(test_mode=True)
    assert not logged
    training.runner.run(test_mode=True)
    assert len(logged["test_return_mean"]) == 1
    assert "return_mean" not in logged


@pytest.mark.parametrize("env", ["cyborg_small_green", "branch_office"])
def test_greedy_games_do_not_depend_on_how_many_are_played_at_once(
    make_training: MakeTraining, env: str
) -> None:
    """Only rounding in the networks could differ; the outcomes of the games must not."""
    together = make_training(env=env).evaluate(12)
    few = make_training("batch_size_run=2", env=env).evaluate(12)
    assert together.keys() == few.keys()
    assert all((together[name] == few[name]).all() for name in together)


def test_games_may_end_at_different_times(make_toy_training: MakeTraining) -> None:
    training = make_toy_training(env="uneven")
    logged = with_logger(training)
    batch = training.runner.run(test_mode=False)
    lengths = [1, 2, 3, 1, 2, 3, 1, 2]
    assert batch["reward"].sum(dim=(1, 2)).tolist() == lengths
    assert training.runner.t_env == sum(lengths)
    assert logged["length_mean"] == [(15, 15 / 8)]
    assert batch["filled"].sum(dim=(1, 2)).tolist() == [length + 1 for length in lengths]


def test_a_component_written_for_epymarl_gets_its_arguments(make_training: MakeTraining) -> None:
    args: Any = make_training().args
    assert (args.n_agents, args.n_actions, args.state_shape, args.device) == (2, 8, 18, "cpu")
