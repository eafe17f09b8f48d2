"""Several policies in several variants: every evaluation once, whatever happened between them."""

from __future__ import annotations

from pathlib import Path

import pytest

from acd_plugin.running import evaluation
from acd_plugin.running.evaluation import Games, Outcome
from acd_plugin.running.run_spec import RunSpec
from acd_plugin.running.stored_policy import StoredPolicy
from tests.cli.conftest import EPOCH, Call
from tests.cli.test_evaluate import records

LISTS = ["env_args.detection_rate=[0.5,0.1]", "env_args.costs.damage.high=[10,5]"]


def test_every_evaluation_is_played_once_in_spite_of_a_kill(
    trained: str, call: Call, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    played = []
    play = evaluation._play

    def killed_once(run: StoredPolicy, spec: RunSpec, games: Games) -> Outcome:
        played.append(spec.config["env_args"]["detection_rate"])
        if len(played) == 3:
            raise KeyboardInterrupt
        return play(run, spec, games)

    monkeypatch.setattr(evaluation, "_play", killed_once)
    older = f"results/{trained}/checkpoints/{2 * EPOCH}.pt"
    words = ["evaluate", trained, older, "--episodes=8", "with", *LISTS]
    assert call(*words).code == 130
    assert len(records(results)) == 2
    outcome = call(*words)
    assert outcome.code == 0, outcome.err
    assert (
        "8 evaluations of 8 greedy games, seed 0: 2 stored already, 6 to be played" in outcome.out
    )
    found = records(results)
    assert [one["t_env"] for one in found] == [3 * EPOCH] * 4 + [2 * EPOCH] * 4
    assert [one["overrides"] for one in found[:4]] == [
        [],
        ["env_args.costs.damage.high=5"],
        ["env_args.detection_rate=0.1"],
        ["env_args.detection_rate=0.1", "env_args.costs.damage.high=5"],
    ]
    assert all(one["game"].keys() >= {"rules", "scenario"} for one in found)
    assert "0 to be played" in call(*words).out
    assert len(records(results)) == 8
    # The same games as alone, and more of them are played anew.
    call("evaluate", trained, "--episodes=8", "with", "env_args.detection_rate=0.1")
    assert len(records(results)) == 8  # to the last digit what is there
    call("evaluate", trained, "--episodes=9", "with", "env_args.detection_rate=[0.1]")
    assert records(results)[-1]["returns"][:8] == found[2]["returns"]
    assert len(records(results)) == 9
    fewer = call("evaluate", trained, "--episodes=2", "with", "env_args.detection_rate=[0.1]")
    assert "(9 games, stored before)" in fewer.out


def test_what_cannot_be_played_is_told_before_the_first_game(
    trained: str, call: Call, results: Path
) -> None:
    for words, message in (
        (["with", "env_args.attacker=[paper,papr]"], "unknown attacker 'papr'"),
        (["with", "env_args.atacker=[paper,direct]"], "unknown key 'env_args.atacker'"),
        (["with", "env_args.attacker=[]"], "names no value"),
        (["with", "lr=[1,2]"], "only the environment may change"),
        (["with", "env_args.scenario=[dial_2_subnets,dial_3_subnets]"], "3 agents, 15 actions"),
        (["--side-by-side", "with", "env_args.attacker=paper"], "pairs lists, and none is given"),
        (["with", "channel.lie=[random,always_1]"], "Name the agent: channel.liar=NAME"),
        (["--render", "with", *LISTS], "--render shows one game"),
        (["--backend=cyborg", "with", *LISTS], "env_args.backend=[native,cyborg]"),
    ):
        outcome = call("evaluate", trained, *words)
        assert (outcome.code, message in outcome.err) == (2, True), outcome.err
        assert outcome.err.count("\n") == 1
    assert not (results / trained / "evaluations.jsonl").exists()


def test_who_does_not_talk_is_played_as_trained_beside_those_who_do(
    trained: str, train: Call, call: Call
) -> None:
    train(1, config="dial_nocomm")
    outcome = call("evaluate", trained, "2", "--episodes=8", "with", "channel.loss=[0,1]")
    assert outcome.code == 0, outcome.err
    assert outcome.out.startswith("3 evaluations of 8 greedy games")
    assert "policy sends none" in call("evaluate", "2", "2", "with", "channel.loss=[0,1]").err
