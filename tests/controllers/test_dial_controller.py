"""The controller: messages travel one step, and unrolling repeats what acting did."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from acd_plugin.errors import UserError
from tests.conftest import MakeTraining

VARIANTS = [
    ("dial", "cyborg_small", []),
    ("dial", "cyborg_large", []),
    ("dial", "branch_office", ["n_bits=3"]),
    ("dial", "cyborg_small_no_block", ["share_parameters=False"]),
    ("dial", "cyborg_small", ["env_args.comm_gate=False"]),
]


@pytest.mark.parametrize(("algorithm", "env", "overrides"), VARIANTS)
def test_acting_messages_equal_unrolled_messages_bit_for_bit(
    make_training: MakeTraining, algorithm: str, env: str, overrides: list[str]
) -> None:
    training = make_training(*overrides, algorithm=algorithm, env=env)
    for _ in range(2):  # the second time with moved networks and message statistics
        batch = training.runner.run(test_mode=False)
        acted = batch["messages"][:, :-1]
        unrolled = training.mac.unroll(batch, batch.max_seq_length - 1)
        assert acted.any()
        assert torch.equal(acted, unrolled.messages.detach())
        training.learner.train(batch, 0, 0)


def test_messages_are_the_same_when_fewer_games_are_played_at_once(
    make_training: MakeTraining,
) -> None:
    training = make_training("batch_size_run=2")
    for _ in range(4):
        training.buffer.insert_episode_batch(training.runner.run(test_mode=False))
    batch = training.buffer.sample(8)
    unrolled = training.mac.unroll(batch, batch.max_seq_length - 1)
    torch.testing.assert_close(batch["messages"][:, :-1], unrolled.messages.detach())


def test_a_message_is_received_one_step_later(make_training: MakeTraining) -> None:
    training = make_training(env="cyborg_large")
    batch = training.runner.run(test_mode=False)
    unrolled = training.mac.unroll(batch, batch.max_seq_length - 1)
    assert not unrolled.received[:, 0].any()
    expected = training.mac.channel.deliver(unrolled.messages[:, 4])
    assert torch.equal(unrolled.received[:, 5], expected)


def test_tests_speak_in_bits_and_draw_no_noise(make_training: MakeTraining) -> None:
    batch = make_training().runner.run(test_mode=True)
    assert set(batch["messages"].unique().tolist()) <= {0.0, 1.0}
    assert not batch["message_noise"].any()


def test_noise_has_the_configured_spread(make_training: MakeTraining) -> None:
    training = make_training("dru_sigma=3.0")
    noise = training.runner.run(test_mode=False)["message_noise"][:, :-1]
    assert noise.std().item() == pytest.approx(3.0, rel=0.15)  # 480 draws: 4.6 standard errors


@pytest.mark.parametrize("algorithm", ["dial", "rial", "qmix", "ippo"])
def test_tests_change_nothing_in_training_even_if_they_explore(
    make_training: MakeTraining, algorithm: str
) -> None:
    settings = ["evaluation_epsilon=0.5"] if algorithm != "ippo" else ["test_greedy=False"]
    undisturbed, tested = (make_training(*settings, algorithm=algorithm) for _ in range(2))
    tested.runner.run(test_mode=True)
    batches = [training.runner.run(test_mode=False) for training in (undisturbed, tested)]
    assert torch.equal(batches[0]["actions"], batches[1]["actions"])


def test_actions_respect_the_widened_mask(make_training: MakeTraining) -> None:
    """Under SAU some actions are taken that the environment's mask alone would not allow."""
    training = make_training("batch_size_run=8")
    widened_only = 0
    for _ in range(4):
        batch = training.runner.run(test_mode=False)
        steps = batch.max_seq_length - 1
        unrolled = training.mac.unroll(batch, steps)
        actions = batch["actions"][:, :steps]
        assert unrolled.available.gather(3, actions).all()
        widened_only += int((batch["avail_actions"][:, :steps].gather(3, actions) == 0).sum())
    assert widened_only > 0


def test_forward_in_a_loop_equals_unroll(make_training: MakeTraining) -> None:
    """EPyMARL's own learners unroll a controller by calling `forward` step by step."""
    training = make_training()
    batch = training.runner.run(test_mode=False)
    unrolled = training.mac.unroll(batch, batch.max_seq_length - 1)
    training.mac.init_hidden(batch.batch_size)
    for t in range(batch.max_seq_length - 1):
        values = training.mac.forward(batch, t=t)
        assert torch.equal(values, unrolled.action_values[:, t])


def test_a_deep_copy_has_networks_of_its_own(make_training: MakeTraining) -> None:
    training = make_training()
    other = copy.deepcopy(training.mac)
    with torch.no_grad():
        next(iter(training.mac.parameters())).add_(1.0)
    pairs = zip(training.mac.parameters(), other.parameters(), strict=True)
    assert not all(torch.equal(one, two) for one, two in pairs)
    other.load_state(training.mac)
    pairs = zip(training.mac.parameters(), other.parameters(), strict=True)
    assert all(torch.equal(one, two) for one, two in pairs)


def test_messages_sent_are_counted(make_training: MakeTraining) -> None:
    training = make_training("env_args.comm_gate=False")
    batch = training.runner.run(test_mode=False)
    counted = training.mac.episode_stats(batch)["messages_sent"]
    assert torch.equal(counted, (batch["messages"] >= 0.5).sum(dim=(1, 2, 3)).double())


@pytest.mark.parametrize(("algorithm", "content"), [("dial_always_1", 1.0), ("dial_always_0", 0.0)])
def test_controls_hear_the_same_at_every_step_but_the_first(
    make_training: MakeTraining, algorithm: str, content: float
) -> None:
    training, dial = make_training(algorithm=algorithm), make_training(algorithm="dial")
    batch = training.runner.run(test_mode=False)
    unrolled = training.mac.unroll(batch, batch.max_seq_length - 1)
    assert unrolled.received[:, 0].unique().tolist() == [0.0]
    assert unrolled.received[:, 1:].unique().tolist() == [content]
    kinds = torch.tensor(
        [[name.startswith("Analyse") for name in own] for own in training.runner.env.action_names]
    )
    analyse = unrolled.available[:, 1:][..., kinds]
    own = batch["avail_actions"][:, 1:-1].bool()[..., kinds]
    assert torch.equal(analyse, torch.ones_like(own) if content else own)
    sizes = [sum(p.numel() for p in t.mac.parameters()) for t in (training, dial)]
    assert sizes[0] == sizes[1]


def test_the_alarm_is_what_the_gate_alone_tells(
    make_training: MakeTraining, make_toy_training: MakeTraining
) -> None:
    training = make_training(algorithm="dial_alarm")
    batch = training.runner.run(test_mode=False)
    hosts = batch["obs"][:, :-1, :, : training.mac.channel.layout.host_bits]
    assert torch.equal(batch["messages"][:, :-1], (hosts > 0).any(-1, keepdim=True).float())
    assert batch["messages"].unique().tolist() == [0.0, 1.0]
    unrolled = training.mac.unroll(batch, batch.max_seq_length - 1)
    assert torch.equal(unrolled.messages, batch["messages"][:, :-1])
    with pytest.raises(UserError, match="for environments whose observations are hosts"):
        make_toy_training(algorithm="dial_alarm")


def test_the_oracle_tells_whose_hosts_are_held(make_training: MakeTraining) -> None:
    training = make_training(algorithm="dial_oracle", env="cyborg_large")
    truths: list[torch.Tensor] = []

    def watch(env: Any) -> None:
        levels, owners = env.state.level, env.rules.host_owner
        held = [(levels[:, owners == agent] > 0).any(axis=1) for agent in range(env.n_agents)]
        truths.append(torch.from_numpy(np.stack(held, axis=1)))

    batch, _ = training.runner.play_evaluation(watch)
    told = torch.stack(truths[:-1], dim=1).float()  # as each step found it
    assert told.any()
    assert not told.all()
    assert torch.equal(batch["messages"][:, :-1, :, 0], told)
    for _ in range(2):
        training.train_once()  # acting and unrolling agree: the learner checks nothing else
    batch = training.runner.run(test_mode=False)
    unrolled = training.mac.unroll(batch, batch.max_seq_length - 1)
    assert torch.equal(unrolled.messages, batch["threatened"][:, :-1])


def test_the_oracle_needs_who_knows_the_truth(make_toy_training: MakeTraining) -> None:
    with pytest.raises(UserError, match="does not tell who is threatened"):
        make_toy_training(algorithm="dial_oracle")


def test_who_is_alone_has_nobody_to_talk_to(make_training: MakeTraining, tmp_path: Path) -> None:
    file = tmp_path / "alone.yaml"
    file.write_text(
        "extends: dial_2_subnets\nagents: [{name: Blue, defends: [User, Operational]}]\n"
    )
    with pytest.raises(UserError, match="a team of 1 has nobody to talk to: choose an environment"):
        make_training(f"env_args.scenario={file}")
    make_training(f"env_args.scenario={file}", algorithm="dial_nocomm")
