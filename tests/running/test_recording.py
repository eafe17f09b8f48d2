"""Games in which it is known who says what to whom, and who listens."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from acd_plugin.analysis.messages.content import influence, information, mutual_information, symbols
from acd_plugin.envs.registry import REGISTRY
from acd_plugin.hosts.builtin.training import Training
from acd_plugin.running.ablations import ablations
from acd_plugin.running.recording import Record, play, record
from tests.conftest import MakeTraining
from tests.toy_envs import SignalEnv, number_of_copy

GAMES = 8


class KnownCoinEnv(SignalEnv):
    """The coin of game g is g modulo 2, in every episode."""

    def __init__(self, *, seed: int = 0, **unused: Any) -> None:
        super().__init__(seed=seed, **unused)
        self._known = number_of_copy(seed) % 2

    def reset(self, *args: Any, **options: Any) -> Any:
        super().reset(*args, **options)
        self._coin = self._known
        return self.get_obs(), {}


class HandWritten(nn.Module):
    """Says the coin that it sees; names the coin that it heard, or always 1."""

    def __init__(self, listens: bool) -> None:
        super().__init__()
        self._listens = listens

    def init_hidden(self, games: int) -> list[Tensor]:
        return [torch.zeros(games, 1)]

    def embed(self, observations: Tensor, previous: Tensor) -> Tensor:
        del previous
        return observations

    def forward(
        self, seen: Tensor, received: Tensor, hidden: list[Tensor]
    ) -> tuple[Tensor, Tensor, list[Tensor]]:
        says = torch.where(seen[..., 1:2] > 0, 1.0, -1.0)
        heard = received if self._listens else torch.ones_like(received)
        return torch.cat([0.5 - heard, heard - 0.5], dim=-1), says, hidden


@pytest.fixture
def make_game(make_toy_training: MakeTraining, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setitem(REGISTRY, "known_coin", KnownCoinEnv)

    def make(listens: bool) -> Training:
        training = make_toy_training(env="known_coin")
        training.mac.agent = HandWritten(listens)
        return training

    return make


def told_by_messages(found: Record) -> float:
    games, steps = np.nonzero(found.played)
    said = symbols(found.messages[games, steps, 0])
    return mutual_information(said, symbols(found.observations[games, steps, 0]))


def test_where_everybody_listens_a_flipped_bit_changes_every_action(make_game: Any) -> None:
    found = record(make_game(listens=True))
    assert found.returns.tolist() == [1.0] * GAMES
    choices = found.choices
    assert influence(choices.actual, choices.flipped, found.played) == 1.0
    assert influence(choices.actual, choices.flipped_in_policy, found.played) == 1.0
    assert influence(choices.actual, choices.flipped_in_mask, found.played) == 0.0


def test_messages_that_nobody_hears_have_no_influence_whatever_they_tell(make_game: Any) -> None:
    found = record(make_game(listens=False))
    assert influence(found.choices.actual, found.choices.flipped, found.played) == 0.0
    # Of two steps the coin is seen in the first: a quarter of all steps has the message 1.
    surprise = 0.25 * np.log2(4) + 0.75 * np.log2(4 / 3)
    assert told_by_messages(found) == pytest.approx(surprise)
    games, steps = np.nonzero(found.played)
    said = symbols(found.messages[games, steps, 0])
    coin = (games % 2).astype(np.int64)
    told = information(said, coin, steps.astype(np.int64))
    assert told.p_value < 0.05
    assert told.bits > told.by_chance


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("always 0", [1, 0] * 4),
        ("always 1", [0, 1] * 4),
        ("delayed by one step", [1, 0] * 4),  # it comes too late
        ("flipped with probability 1", [0] * 8),
        ("lost with probability 1", [1, 0] * 4),
        ("inverted from agent 0", [0] * 8),  # its listener is always wrong
    ],
)
def test_tampering_with_messages_has_the_known_effect(
    make_game: Any, name: str, right: list[int]
) -> None:
    training = make_game(listens=True)
    assert play(training, ablations(vars(training.args), 2, 1.0)[name]).tolist() == right
    assert play(training).tolist() == [1.0] * GAMES


def test_shuffled_messages_are_those_of_other_games(make_game: Any) -> None:
    training = make_game(listens=True)
    right = play(training, ablations({}, 2, 0.5)["shuffled across games"])
    assert right.tolist() == [0] * GAMES  # each hears the one before, whose coin is the other one


def test_a_mask_that_a_message_opens_is_told_from_what_the_network_makes_of_it(
    make_training: MakeTraining,
) -> None:
    """Agents that would always analyse but do not listen: all influence is the mask's."""
    training = make_training()
    analyse = next(
        number
        for number, name in enumerate(training.runner.env.action_names[0])
        if name.startswith("Analyse")
    )

    class Analyst(HandWritten):
        def forward(
            self, seen: Tensor, received: Tensor, hidden: list[Tensor]
        ) -> tuple[Tensor, Tensor, list[Tensor]]:
            values = torch.zeros(*seen.shape[:-1], training.args.n_actions)
            values[..., analyse] = 1.0
            return values, -torch.ones_like(received), hidden

    training.mac.agent = Analyst(listens=False)
    found = record(training)
    choices, played = found.choices, found.played
    assert found.threats is not None
    assert found.threats.shape == (*played.shape, 2)
    assert not found.threats[:, 0].any()  # nobody is there yet
    assert found.threats[:, -1, 0].any()
    in_mask = influence(choices.actual, choices.flipped_in_mask, played)
    assert in_mask > 0.2
    assert in_mask == influence(choices.actual, choices.flipped, played)
    assert influence(choices.actual, choices.flipped_in_policy, played) == 0.0


@pytest.mark.parametrize(
    ("algorithm", "env", "n_bits"),
    [("dial", "cyborg_large", 2), ("rial", "cyborg_small", 1), ("rial", "cyborg_large", 2)],
)
def test_what_is_recorded_is_what_was_played(
    make_training: MakeTraining, algorithm: str, env: str, n_bits: int
) -> None:
    training = make_training(f"n_bits={n_bits}", env=env, algorithm=algorithm)
    found = record(training)
    batch, returns = training.runner.play_evaluation(lambda _: None)
    steps = found.played.shape[1]
    assert found.returns.tolist() == returns.tolist()
    assert np.array_equal(found.choices.actual, batch["actions"][:, :steps, :, 0].numpy())
    bits = (training.args.n_agents - 1) * n_bits
    assert found.choices.flipped.shape == (bits, *found.choices.actual.shape)
    assert play(training).tolist() == returns.tolist()


@pytest.mark.parametrize("algorithm", ["dial_always_1", "dial_alarm", "dial_oracle", "dial"])
def test_a_disturbance_that_does_nothing_changes_nothing(
    make_training: MakeTraining, algorithm: str
) -> None:
    training = make_training(algorithm=algorithm)
    undisturbed = record(training).returns
    never = {"channel": {"flip": 1e-9, "loss": 1e-9}}
    assert play(training, never).tolist() == undisturbed.tolist()


def test_an_alarm_is_sent_whenever_that_is_allowed(make_training: MakeTraining) -> None:
    found = record(make_training(algorithm="dial_alarm"))
    assert found.allowed[found.played].any()
    assert not found.allowed[found.played].all()
    assert (found.messages[..., 0] == found.allowed)[found.played].all()


def test_who_is_not_there_neither_sends_nor_receives(make_training: MakeTraining) -> None:
    game = ["env_args.networks=0..3", "env_args.comm_gate=False", "env_args.time_limit=60"]
    found = record(make_training(*game, env="generated"))
    is_absent = (found.observations == -1).all(axis=-1)
    assert is_absent.any()
    np.testing.assert_array_equal(found.there, ~is_absent)
    np.testing.assert_array_equal(found.allowed, ~is_absent)
    assert not found.messages[is_absent].any()
    some = found.choices.arrives.sum(axis=0)  # (G, T, N), of one bit each
    others = found.there.sum(axis=2, keepdims=True) - 1
    np.testing.assert_array_equal(some, np.where(found.there, others, 0) * found.messages.shape[-1])
