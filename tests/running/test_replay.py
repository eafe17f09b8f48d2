"""Records of games: what was said and done, and what each message changed."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from acd_plugin.analysis.replay.record import AgentStep, Replay
from acd_plugin.running.replay import replay_of
from tests.conftest import MakeTraining
from tests.house.source import ROOT
from tests.running.test_recording import HandWritten
from tests.slow import slow


def steps_of(replay: Replay) -> list[list[tuple[AgentStep, ...]]]:
    """Return the agents' steps of every game."""
    return [[step.agents for step in game.steps] for game in replay.games]


def with_agents(training: Any, listens: bool) -> Any:
    training.mac.agent = HandWritten(listens)
    return training


def test_a_message_that_is_listened_to_changes_the_action(make_toy_training: MakeTraining) -> None:
    replay = replay_of(with_agents(make_toy_training(), listens=True))
    assert (replay.agents, replay.talks, replay.network) == (("0", "1"), True, None)
    ones = 0
    for (sees, waits), (_, names) in steps_of(replay):
        coin = int(sees.saw[1])
        assert sees.said == ("1" if coin else "")
        assert (waits.said, waits.heard) == ("", ())
        assert names.action == f"action {coin}"
        assert [message.bits for message in names.heard] == ["1"] * coin
        assert names.without == "action 0"  # what silence means
        assert all(message.without == "action 0" for message in names.heard)
        ones += coin
    assert 0 < ones < len(replay.games)


@pytest.mark.parametrize("exploring", ["evaluation_epsilon=0.0", "evaluation_epsilon=0.5"])
def test_one_that_is_not_changes_nothing_whatever_chance_does(
    make_toy_training: MakeTraining, exploring: str
) -> None:
    replay = replay_of(with_agents(make_toy_training(exploring), listens=False))
    agents = [agent for game in steps_of(replay) for step in game for agent in step]
    assert any(agent.heard for agent in agents)
    assert all(agent.without == agent.action for agent in agents)
    assert all(message.without == agent.action for agent in agents for message in agent.heard)


@pytest.mark.parametrize("algorithm", ["dial", *slow(["rial", "dial_always_1", "dial_alarm"])])
def test_what_is_heard_was_said_one_step_before_and_unlocks(
    make_training: MakeTraining, algorithm: str
) -> None:
    training = make_training(algorithm=algorithm, env="cyborg_large")
    replay = replay_of(training)
    assert replay.network is not None
    assert len(replay.games[0].steps) == 60
    alone = 0
    for game in steps_of(replay):
        assert not any(agent.heard for agent in game[0])
        for before, now in itertools.pairwise(game):
            said = {number: agent.said for number, agent in enumerate(before) if agent.said}
            for number, agent in enumerate(now):
                others = {sender: bits for sender, bits in said.items() if sender != number}
                assert {one.sender: one.bits for one in agent.heard} == others
                assert all(name.startswith("Analyse ") for name in agent.unlocked)
                if len(agent.heard) == 1:  # then it alone unlocked everything
                    assert agent.heard[0].unlocked == agent.unlocked
                    alone += bool(agent.unlocked)
                if len(agent.heard) == 2:  # then the other one unlocks the same
                    assert not any(one.unlocked for one in agent.heard)
                if agent.action in agent.unlocked:
                    assert agent.without not in agent.unlocked
    assert alone or algorithm == "dial_always_1"


def test_nobody_hears_itself_where_messages_are_real_numbers(make_training: MakeTraining) -> None:
    replay = replay_of(make_training(algorithm=str(ROOT / "examples/commnet/commnet.yaml")))
    agents = [agents for game in steps_of(replay) for agents in game]
    assert any(agent.heard for step in agents for agent in step)
    for step in agents:
        for number, agent in enumerate(step):
            assert number not in {message.sender for message in agent.heard}


def test_recording_changes_no_game(make_training: MakeTraining) -> None:
    training = make_training()
    before = training.evaluate(8)["return"]
    replay = replay_of(training)
    returns = [sum(step.reward for step in game.steps) for game in replay.games]
    assert returns == pytest.approx(before.tolist(), abs=1e-4)
    assert training.evaluate(8)["return"].tolist() == before.tolist()


@pytest.mark.parametrize("algorithm", ["qmix", *slow(["dial_nocomm", "ippo"])])
def test_agents_that_do_not_talk_are_recorded_too(
    make_training: MakeTraining, algorithm: str
) -> None:
    replay = replay_of(make_training(algorithm=algorithm))
    assert not replay.talks
    agents = [agent for game in steps_of(replay) for step in game for agent in step]
    assert all((one.heard, one.said, one.without) == ((), "", one.action) for one in agents)


def test_games_of_different_length_end_where_they_ended(make_toy_training: MakeTraining) -> None:
    replay = replay_of(make_toy_training(env="uneven"))
    assert [len(game.steps) for game in replay.games] == [1, 2, 3, 1, 2, 3, 1, 2]
