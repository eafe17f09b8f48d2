"""A defender that a network does not have says nothing, whatever carries the messages."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from acd_plugin.envs.registry import blueprint_of
from tests.conftest import MakeTraining
from tests.envs.cyborg.games import env_args
from tests.slow import slow_but

COMMNET = Path(__file__).resolve().parents[2] / "examples" / "commnet" / "commnet.yaml"
# Of these networks some have two defenders and some three; nobody is silenced by a gate.
GAME = ["env_args.networks=0..3", "env_args.comm_gate=False", "env_args.analyse_mode=sau"]
ALWAYS = ["message_content=always_1"]
DISTURBED = ["channel.flip=0.5", "channel.liar=2", "channel.lie=always_1", "channel.delay=1"]
CASES = {
    "dial": ("dial", []),
    "dial_set_net": ("dial", ["agent=set_net"]),
    "dial_always": ("dial", ALWAYS),
    "dial_disturbed": ("dial", DISTURBED),
    "rial": ("rial", []),
    "rial_always": ("rial", ALWAYS),
    "rial_disturbed": ("rial", [*DISTURBED, "bit_limit=9"]),
    "commnet": (str(COMMNET), []),
}


def without(observations: Tensor) -> Tensor:
    """Which agents a game does not have (B, N)."""
    return (observations[:, 0] == -1).all(dim=-1)


@pytest.mark.parametrize("case", slow_but(("dial", "rial_disturbed").__contains__, CASES))
def test_who_is_not_there_says_nothing(make_training: MakeTraining, case: str) -> None:
    algorithm, words = CASES[case]
    training = make_training(*GAME, *words, env="generated", algorithm=algorithm)
    batch = training.runner.run(test_mode=False)
    mac, steps = training.mac, batch.max_seq_length - 1
    absent = without(batch["obs"])
    assert 0 < absent.sum() < len(absent)
    said = batch["messages"][:, :steps]
    assert not said.transpose(1, 2)[absent].any()
    assert said.transpose(1, 2)[~absent].any()
    unrolled = mac.unroll(batch, steps)
    if "rial" in case:
        assert not unrolled.messages.transpose(1, 2)[absent].any()
        allowed = unrolled.messages_allowed.transpose(1, 2)[absent]
        assert allowed[..., 0].all()
        assert not allowed[..., 1:].any()
    else:
        assert torch.equal(unrolled.messages, said)
    some = mac.channel.deliver(torch.ones_like(said) * ~absent[:, None, :, None])
    assert not unrolled.received[some == 0].any()


def test_messages_are_normalised_by_what_those_hear_who_are_there(
    make_training: MakeTraining, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = make_training(*GAME, env="generated")
    batch = training.runner.run(test_mode=False)
    told: list[Tensor] = []
    monkeypatch.setattr(
        training.mac.agent, "update_message_norm", lambda _, heard: told.append(heard)
    )
    received = torch.zeros(*batch["obs"][:, :-1].shape[:-1], 2)
    training.learner.after_update(batch, (received,))
    absent = without(batch["obs"])
    assert not told[0].transpose(1, 2)[absent].any()
    assert told[0].transpose(1, 2)[~absent].all()


@pytest.mark.parametrize(
    ("words", "there"),
    [
        ("scenario=hidden_hour", None),  # whose guard observes nothing, and speaks
        ("scenario=generated networks=0..3", 2),
        ("scenario=generated networks=0 generator.agents=[2,2]", None),
        ("scenario=dial_2_subnets+dial_3_subnets", 2),
        ("scenario=dial_3_subnets", None),
    ],
)
def test_a_layout_tells_how_many_agents_are_always_there(words: str, there: int | None) -> None:
    settings = env_args(*words.split(), env="generated")
    if "hidden" in words:
        settings |= {"host_profile": False}
    layout = blueprint_of("cyborg", settings).comm_layout
    assert layout is not None
    assert layout.always_there == there
