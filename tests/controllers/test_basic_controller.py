"""The controller of agents that do not communicate."""

from __future__ import annotations

import copy
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from acd_plugin.agents import SILENT_REGISTRY
from acd_plugin.errors import UserError
from tests.conftest import MakeTraining

SEPARATE = ["mac=non_shared_mac", "agent=rnn_ns"]


@pytest.mark.parametrize("overrides", [[], SEPARATE, ["use_rnn=False"]], ids=str)
@pytest.mark.parametrize("algorithm", ["qmix", "ippo"])
def test_forward_in_a_loop_equals_unroll(
    make_training: MakeTraining, algorithm: str, overrides: list[str]
) -> None:
    training = make_training(*overrides, algorithm=algorithm, env="cyborg_large")
    batch = training.runner.run(test_mode=False)
    unrolled = training.mac.unroll(batch, batch.max_seq_length)
    training.mac.init_hidden(batch.batch_size)
    for t in range(batch.max_seq_length):
        outputs = training.mac.forward(batch, t=t)
        torch.testing.assert_close(outputs, unrolled[:, t], rtol=1e-4, atol=1e-6)


def test_agents_see_observation_last_action_and_who_they_are(make_training: MakeTraining) -> None:
    training = make_training(algorithm="qmix")
    batch = training.runner.run(test_mode=False)
    inputs = training.mac.inputs(batch, slice(0, 3))  # (steps, games, agents, inputs)
    assert torch.equal(inputs[..., :9], batch["obs"][:, :3].transpose(0, 1))
    assert not inputs[0, ..., 9:-2].any()
    assert torch.equal(inputs[2, ..., 9:-2], batch["actions_onehot"][:, 1])
    assert torch.equal(inputs[1, 5, :, -2:], torch.eye(2))


def test_a_policy_is_a_distribution_over_available_actions(make_training: MakeTraining) -> None:
    training = make_training(algorithm="mappo")
    batch = training.runner.run(test_mode=False)
    policy = training.mac.unroll(batch, batch.max_seq_length)
    torch.testing.assert_close(policy.sum(dim=3), torch.ones_like(policy[..., 0]))
    assert not policy[batch["avail_actions"] == 0].any()


def test_unmasked_policies_still_choose_only_what_is_available(make_training: MakeTraining) -> None:
    training = make_training("mask_before_softmax=False", algorithm="mappo")
    batch = training.runner.run(test_mode=False)
    assert training.mac.unroll(batch, 5)[batch["avail_actions"][:, :5] == 0].all()
    assert batch["avail_actions"][:, :-1].gather(3, batch["actions"][:, :-1]).all()


def test_a_deep_copy_has_networks_of_its_own(make_training: MakeTraining) -> None:
    training = make_training(algorithm="iql")
    other = copy.deepcopy(training.mac)
    with torch.no_grad():
        next(iter(training.mac.parameters())).add_(1.0)
    pairs = zip(training.mac.parameters(), other.parameters(), strict=True)
    assert not all(torch.equal(one, two) for one, two in pairs)
    other.load_state(training.mac)
    pairs = zip(training.mac.parameters(), other.parameters(), strict=True)
    assert all(torch.equal(one, two) for one, two in pairs)


class ForeignAgent(nn.Module):
    """Has EPyMARL's contract for agents and nothing more."""

    def __init__(self, input_shape: int, args: SimpleNamespace) -> None:
        super().__init__()
        self.layer = nn.Linear(input_shape, args.n_actions)

    def init_hidden(self) -> Tensor:
        return self.layer.weight.new_zeros(1, 4)

    def forward(self, inputs: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        return self.layer(inputs), hidden


def test_an_agent_written_for_epymarl_learns_here(
    make_training: MakeTraining, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SILENT_REGISTRY, "foreign", ForeignAgent)
    training: Any = make_training("agent=foreign", algorithm="qmix")
    before = training.mac.agent.layer.weight.detach().clone()
    training.train_once()
    assert not torch.equal(before, training.mac.agent.layer.weight)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["agent=rn"], "unknown agent 'rn'; did you mean 'rnn'? (legal: rnn, rnn_ns, set_net)"),
        (["mac=non_shared_mac"], "set agent=rnn_ns, or mac=basic_mac"),
        (["agent_output_type=v"], "'agent_output_type' is 'v'"),
        (["agent_output_type=pi_logits"], "learns from a controller with agent_output_type=q, but"),
        (["action_selector=greedy"], "unknown action_selector 'greedy'"),
        (["mixer=qmx"], "unknown mixer 'qmx'; did you mean 'qmix'?"),
        (["common_reward=False"], "set common_reward=True"),
        (["n_bits=1"], "'n_bits' is a setting of other algorithms"),
        (["buffer_size=7"], "buffer_size=7 is less than batch_size=8"),
    ],
)
def test_mistakes_are_named(
    make_training: MakeTraining, overrides: list[str], message: str
) -> None:
    with pytest.raises(UserError) as error:
        make_training(*overrides, algorithm="qmix")
    assert message in str(error.value)
