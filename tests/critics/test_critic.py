"""What critics see."""

from __future__ import annotations

import pytest
import torch

from acd_plugin.critics import REGISTRY
from tests.conftest import MakeTraining


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_a_critic_values_every_slot_for_every_agent(make_training: MakeTraining, name: str) -> None:
    training = make_training(f"critic_type={name}", algorithm="mappo", env="cyborg_large")
    batch = training.runner.run(test_mode=False)
    assert training.learner.critic(batch).shape == (8, 61, 3)


@pytest.mark.parametrize(
    ("name", "overrides", "inputs"),
    [
        ("ac_critic", [], 18 + 3),
        ("ac_critic_ns", [], 18),
        ("cv_critic", [], 54 + 45 + 3),
        ("cv_critic", ["obs_last_action=False"], 54 + 3),
        ("cv_critic_ns", ["obs_individual_obs=True"], 54 + 54 + 45),
    ],
)
def test_inputs(make_training: MakeTraining, name: str, overrides: list[str], inputs: int) -> None:
    training = make_training(
        f"critic_type={name}", *overrides, algorithm="mappo", env="cyborg_large"
    )
    assert next(training.learner.critic.parameters()).shape[1] == inputs


def test_an_independent_critic_sees_only_its_own_observation(make_training: MakeTraining) -> None:
    training = make_training(algorithm="ippo")
    batch = training.runner.run(test_mode=False)
    before = training.learner.critic(batch)
    batch["obs"][:, :, 1] += 1
    after = training.learner.critic(batch)
    assert torch.equal(before[:, :, 0], after[:, :, 0])
    assert not torch.equal(before[:, :, 1], after[:, :, 1])
