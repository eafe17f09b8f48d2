"""Whole episodes on CybORG and on the compiled rules, each with its own chances, are equivalent.

Two one-sided tests at 5% with a margin declared here, not "no significant difference":
`benchmarks/equivalence.py` does the same for all policies, with more games and a smaller margin.
"""

from __future__ import annotations

import pytest

from acd_plugin.analysis.statistics import equivalence_interval
from acd_plugin.envs.cyborg.cyborg_backend.batch import CyborgBatchEnv
from testbed.policies import POLICIES, returns_of
from tests.conftest import MakeTraining
from tests.envs.cyborg.games import SETTINGS, setting_batch
from tests.slow import slow_but

pytestmark = pytest.mark.usefixtures("cyborg")
EPISODES = 400  # on CybORG; two equal simulators fail a test with a chance below 1 in 1000
MARGIN = 0.25  # standard deviations of the return


@pytest.mark.parametrize("setting", slow_but(lambda name: name == "small_green_050", SETTINGS))
def test_random_play(setting: str) -> None:
    native = setting_batch(setting, "sau", games=20_000, seed=1)
    theirs = CyborgBatchEnv(native.definition, 40, seed=2)
    ours = returns_of(native, POLICIES["random_sau"], 20_000)
    low, high = equivalence_interval(returns_of(theirs, POLICIES["random_sau"], EPISODES), ours)
    theirs.close()
    assert -MARGIN * ours.std() < low
    assert high < MARGIN * ours.std()


@pytest.mark.slow
def test_a_trained_policy(make_training: MakeTraining) -> None:
    words = [
        *("batch_size=32", "batch_size_run=32", "buffer_size=32", "hidden_dim=32", "lr=0.002"),
        *("target_update_interval_or_tau=2", "epsilon_anneal_time=100000"),
    ]
    training = make_training(*words, env="cyborg_small_no_block")
    for _ in range(120):
        training.train_once()
    ours = training.evaluate(4000)["return"]
    assert ours.mean() > -20  # it has learned: doing nothing gets about -200
    backend = ("env_args.backend=cyborg", "seed=2")
    other = make_training(*words, *backend, env="cyborg_small_no_block")
    other.mac.load_state_dict(training.mac.state_dict())
    theirs = other.evaluate(EPISODES)["return"]
    other.runner.close_env()
    low, high = equivalence_interval(theirs, ours)
    assert -MARGIN * ours.std() < low
    assert high < MARGIN * ours.std()
