"""Controls replace what is said or heard, whichever algorithm talks."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
import torch

from acd_plugin.errors import UserError
from tests.conftest import MakeTraining
from tests.slow import slow_but

COMMNET = Path(__file__).resolve().parents[2] / "examples" / "commnet" / "commnet.yaml"
TALKING = {"dial": "dial", "rial": "rial", "commnet": str(COMMNET)}
CONTROLS = ["always_0", "always_1", "alarm", "oracle", "broadcast", "self_send", "shuffled"]
ALWAYS = [("dial", "self_send"), ("rial", "shuffled"), ("rial", "alarm"), ("commnet", "broadcast")]
GAME = ["env_args.scenario=hidden_target", "env_args.comm_gate=False"]


@pytest.mark.parametrize(
    ("talking", "control"), slow_but(ALWAYS.__contains__, itertools.product(TALKING, CONTROLS))
)
def test_every_control_is_a_setting_of_every_algorithm_that_talks(
    make_training: MakeTraining, talking: str, control: str
) -> None:
    algorithm = TALKING[talking]
    learned = make_training(*GAME, algorithm=algorithm)
    training = make_training(*GAME, f"message_content={control}", algorithm=algorithm)
    training.train_once()
    batch = training.runner.run(test_mode=False)
    steps = batch.max_seq_length - 1
    said = batch["messages"][:, :steps]
    unrolled = training.mac.unroll(batch, steps)
    if control.startswith("always"):
        assert said.unique().tolist() == [float(control[-1])]
    elif control in ("alarm", "oracle", "broadcast"):
        assert said.unique().tolist() == [0.0, 1.0]
    own = learned.mac.channel.deliver(said)
    heard = unrolled.received[:, 1:].detach()
    if control == "self_send":
        own = learned.mac.channel.deliver(said.flip(2))  # of two agents, each has the other's place
    elif control == "shuffled":
        own = own.roll(1, dims=0)
    torch.testing.assert_close(heard, own[:, :-1])
    sizes = [[p.shape for p in t.mac.parameters()] for t in (learned, training)]
    assert sizes[0] == sizes[1]


@pytest.mark.parametrize("algorithm", ["dial_broadcast", "rial"])
def test_the_watch_tells_which_server_in_as_many_bits_as_there_are(
    make_training: MakeTraining, algorithm: str
) -> None:
    for n_bits in (1, 3):
        words = [f"n_bits={n_bits}", "message_content=broadcast"]
        training = make_training(*words, algorithm=algorithm, env="hidden_target")
        batch = training.runner.run(test_mode=False)
        clue = batch["obs"][:, :-1, 0, -4:] > 0  # (B, T, servers)
        assert clue.any()
        number = (clue * torch.arange(4)).sum(-1)
        spelled = [(number // 2**bit) % 2 for bit in range(n_bits)]
        said = batch["messages"][:, :-1]
        assert torch.equal(said[:, :, 0], torch.stack(spelled, dim=-1).float())
        assert not said[:, :, 1].any()  # the guard has nothing to tell


def test_a_game_whose_author_says_nothing_has_no_broadcast(make_training: MakeTraining) -> None:
    with pytest.raises(UserError, match="in 'broadcast' of its scenario, and this game has none"):
        make_training(algorithm="dial_broadcast")
    make_training("n_bits=0", algorithm="dial_broadcast")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("{Watcher: [[objective is Server1]]}", "agent in 'broadcast' is 'Watcher'; did you mean"),
        ("{Watch: []}", "'broadcast' of Watch is []: must be a list with, for each bit, a list"),
        ("{Watch: [[]]}", "'broadcast' of Watch is [[]]: must be"),
        (
            "{Watch: [[objective is Server9]]}",
            "'broadcast' of Watch has 'objective is Server9', which it does not observe; did you",
        ),
        ("{Guard: [[Gate0 seen]]}", "'broadcast' of Guard has 'Gate0 seen', which it does not"),
    ],
)
def test_what_cannot_be_said_is_refused_by_name(
    make_training: MakeTraining, tmp_path: Path, said: str, message: str
) -> None:
    file = tmp_path / "game.yaml"
    file.write_text(f"extends: hidden_target\nbroadcast: {said}\n")
    with pytest.raises(UserError) as refused:
        make_training(f"env_args.scenario={file}", algorithm="dial_broadcast", env="hidden_target")
    assert message in str(refused.value)
