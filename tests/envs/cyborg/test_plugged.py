"""Attackers and reward terms of a user's own: what they do, what is refused, and the cache."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.checker import collect
from acd_plugin.envs.compiled.time_limit import NeverReturnsError
from acd_plugin.envs.cyborg.attackers import ATTACKERS, register_attacker
from acd_plugin.envs.cyborg.blueprint import CyborgBlueprint
from acd_plugin.envs.cyborg.checker import definition_findings
from acd_plugin.envs.cyborg.definition import define_game
from acd_plugin.envs.cyborg.native_batch import NativeBatchEnv
from acd_plugin.envs.cyborg.rehearsal import Rehearsal
from acd_plugin.envs.cyborg.reward_terms import REWARD_TERMS, register_reward_term
from acd_plugin.errors import UserError
from tests.envs.cyborg import plugged
from tests.envs.cyborg.games import env_args
from tests.slow import slow

ROOT = Path(__file__).resolve().parents[3]
GAMES = 32
FINE = ("same_as_paper", "sleeper", "unscanned", "cheat", "not_compilable", "refusing")
REHEARSED = {
    "outside": r"is wrong: index 40000 is out of bounds for axis 1 with size 5 \(plugged\.py, line",
    "outside_by_a_helper": "is wrong: index 5 is out of bounds",
    "of_another_game": "changes red_kind of other games: it may only",
    "changes_the_rules": "changes damage of the rules: it may only change admin, ",
    "unrepeatable": "is not the same the second time",
    "fractional": "is wrong: 1.7 is written into red_target: must be a whole number",
    "cheat": "changes level of the state: it may only change admin, ",
}
TERMS = (
    *("blocks", "step_number", "infinite", "meddling", "gambling", "of_a_step_too_far"),
    "failing",
)
REHEARSED_TERMS = {
    "infinite": "is not finite, but inf: must be a number always",
    "meddling": "changes compromise of the state: it may only read",
    "gambling": "is not the same the second time",
    "of_a_step_too_far": "is wrong: index 2 is out of bounds",
}


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    for name in {*CHOICES, *FINE, *REHEARSED}:
        register_attacker(name, getattr(plugged, name))
    for name in TERMS:
        register_reward_term(name, getattr(plugged, name))
    yield
    for name in {*CHOICES, *FINE, *REHEARSED}:
        del ATTACKERS[name]
    for name in TERMS:
        del REWARD_TERMS[name]


def play(*overrides: str, games: int = GAMES) -> tuple[NDArray[np.float64], dict[str, np.ndarray]]:
    """Play one episode with random actions; returns all rewards (T, G) and the statistics."""
    batch = NativeBatchEnv(define_game(env_args(*overrides)), games, seed=5)
    batch.reset(0, Purpose.TRAIN)
    rng = np.random.default_rng(0)
    rewards = []
    for _ in range(batch.episode_limit):
        actions = rng.integers(0, batch.n_actions, (games, batch.n_agents))
        rewards.append(batch.step(actions).rewards.copy())
    batch.close()
    return np.array(rewards), batch.episode_stats()


def test_an_attacker_that_calls_the_papers_is_the_papers() -> None:
    (ours, stats), (theirs, others) = play("attacker=same_as_paper"), play()
    assert (ours == theirs).all()
    assert all((stats[name] == others[name]).all() for name in others)


def test_another_attacker_plays_another_game() -> None:
    rewards, stats = play("attacker=sleeper")
    assert not stats["hosts_compromised"].any()
    assert (rewards > play()[0]).any()


def test_a_term_is_added_to_the_reward_times_its_weight_and_shown() -> None:
    plain, _ = play()
    rewards, stats = play("reward_terms={'blocks': -0.5, 'step_number': 2.0}")
    actions = np.random.default_rng(0)
    blocked = np.array(
        [(actions.integers(0, 8, (GAMES, 2)) == 7).sum(axis=1) for _ in range(30)], np.float64
    )
    numbers = np.arange(30)[:, None]
    np.testing.assert_allclose(rewards, plain - 0.5 * blocked + 2.0 * numbers)
    np.testing.assert_allclose(stats["reward_blocks"], -0.5 * blocked.sum(axis=0))
    assert (stats["reward_step_number"] == 2.0 * numbers.sum()).all()


@pytest.mark.slow
def test_the_order_of_terms_does_not_matter() -> None:
    """Both stand in one file, so that only their names tell the two compilations apart."""
    rewards, _ = play("reward_terms={'blocks': -0.5, 'step_number': 2.0}")
    swapped, _ = play("reward_terms={'step_number': 2.0, 'blocks': -0.5}")
    np.testing.assert_allclose(swapped, rewards)


@pytest.mark.slow
def test_attackers_and_terms_go_together() -> None:
    rewards, stats = play("attacker=sleeper", "reward_terms={'blocks': 1.0}")
    plain, _ = play("attacker=sleeper")
    np.testing.assert_allclose(rewards.sum(axis=0), plain.sum(axis=0) + stats["reward_blocks"])


def begun() -> NativeBatchEnv:
    """Return two games against the paper's attacker, after two steps."""
    batch = NativeBatchEnv(define_game(env_args()), 2, seed=0)
    batch.reset(0, Purpose.TRAIN)
    for _ in range(2):
        batch.step(np.zeros((2, 2), np.int64))
    return batch


def rehearsed(batch: NativeBatchEnv) -> Iterator[None]:
    """Let the attackers of a batch decide as Python."""
    actions = np.zeros((batch.n_games, batch.n_agents), np.int64)
    return Rehearsal(batch.definition).attackers(batch.state, actions)


CHOICES = {
    "out_of_range": "Scan of target 5 from source 0",
    "unknown_kind": "kind 9 of target 1 from source 0",
    "without_source": "Exploit of target 1 from source -1",
    "against_itself": "Exploit of target 0 from source 0",
}


@pytest.mark.parametrize("name", ["out_of_range", *slow(list(CHOICES)[1:])])
def test_what_is_not_legal_is_refused_before_it_does_harm(name: str) -> None:
    with pytest.raises(UserError, match=f"attacker '{name}' chose {CHOICES[name]}: legal are: "):
        play(f"attacker={name}")


@pytest.mark.slow
def test_the_choice_that_is_told_is_the_one_that_was_refused() -> None:
    """Other games have played on meanwhile, and now hold what they legally exploited."""
    with pytest.raises(UserError, match="chose Exploit of target 1 from source 0: legal are: "):
        play("attacker=cheat", games=2000)


@pytest.mark.parametrize("name", REHEARSED)
def test_what_compiled_code_would_do_without_a_word_is_refused(name: str) -> None:
    rehearsal = Rehearsal(define_game(env_args(f"attacker={name}")))
    with pytest.raises(UserError, match=f"^attacker '{name}' {REHEARSED[name]}"):
        list(rehearsal.attackers(begun().state, np.zeros((2, 2), np.int64)))


@pytest.mark.parametrize("name", REHEARSED_TERMS)
def test_a_term_that_does_more_than_to_score_is_refused(name: str) -> None:
    rehearsal = Rehearsal(define_game(env_args(f"reward_terms={{'{name}': 1.0}}")))
    with pytest.raises(UserError, match=f"^reward term '{name}' {REHEARSED_TERMS[name]}"):
        list(rehearsal.terms(begun().state, np.zeros((2, 2), np.int64)))


def test_what_is_rehearsed_leaves_games_and_generators_as_they_are() -> None:
    batch = NativeBatchEnv(define_game(env_args("attacker=same_as_paper")), 2, seed=0)
    batch.reset(0, Purpose.TRAIN)
    before = [array.copy() for array in batch.state]
    assert len(list(rehearsed(batch))) == 2
    assert all((old == new).all() for old, new in zip(before, batch.state, strict=True))


def test_only_the_games_of_ones_own_attacker_are_rehearsed() -> None:
    batch = NativeBatchEnv(define_game(env_args("attacker=paper+outside")), 16, seed=0)
    batch.reset(0, Purpose.TRAIN)
    with pytest.raises(UserError, match="attacker 'outside' is wrong"):
        list(rehearsed(batch))
    batch = NativeBatchEnv(define_game(env_args("attacker=same_as_paper+direct+paper")), 16, seed=0)
    batch.reset(0, Purpose.TRAIN)
    assert 0 < len(list(rehearsed(batch))) < 16


@pytest.mark.slow
def test_the_start_is_refused_and_warned_of() -> None:
    before = np.random.get_state(legacy=False)["state"]["key"]
    for name in ("outside", "unrepeatable"):
        with pytest.raises(UserError, match=f"^attacker '{name}' {REHEARSED[name]}"):
            CyborgBlueprint(env_args(f"attacker={name}"))
    assert (np.random.get_state(legacy=False)["state"]["key"] == before).all()
    with pytest.raises(UserError, match=r"attacker 'unscanned' exploits .* backend=cyborg cannot"):
        CyborgBlueprint(env_args("attacker=unscanned", "backend=cyborg"))
    (remark,) = CyborgBlueprint(env_args("attacker=sleeper")).remarks
    assert remark.startswith("attacker 'sleeper' only sleeps in 16 games: give orders with ")
    with pytest.raises(UserError, match="reward term 'gambling' is not the same"):
        CyborgBlueprint(env_args("reward_terms={'gambling': 1.0}"))


def test_what_does_not_return_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def in_time(*_: object) -> None:
        raise NeverReturnsError

    monkeypatch.setattr("acd_plugin.envs.cyborg.trial.in_time", in_time)
    with pytest.raises(UserError, match="attacker 'sleeper' does not return"):
        CyborgBlueprint(env_args("attacker=sleeper"))
    with pytest.raises(UserError, match="reward term 'blocks' does not return"):
        CyborgBlueprint(env_args("reward_terms={'blocks': 1.0}"))


ENDLESS = """
from acd_plugin.envs.cyborg.attackers import register_attacker

def endless(state, rules, game):
    while state.step[game] >= 0:
        state.step[game] += 0

register_attacker("endless", endless)
"""


@pytest.mark.slow
def test_an_attacker_without_end_cannot_hang_the_start(tmp_path: Path) -> None:
    (tmp_path / "endless.py").write_text(ENDLESS)
    (tmp_path / "endless.yaml").write_text(
        "extends: cyborg_small\nplugins: [endless.py]\nenv_args: {attacker: endless}\n"
    )
    result = subprocess.run(
        [sys.executable, ROOT / "main.py", "--config=dial", "--env-config=endless.yaml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 2, result.stderr
    assert result.stderr.splitlines()[-1].startswith("error: attacker 'endless' does not return")
    assert not (tmp_path / "results").exists()


def test_what_cannot_be_compiled_is_told() -> None:
    told = (
        r"'not_compilable' cannot be compiled: Unknown attribute 'footold' of type Rules; .*"
        r"did you mean 'foothold'\? \(legal: action_kind, "
    )
    with pytest.raises(UserError, match=told) as caught:
        play("attacker=not_compilable")
    assert "array(" not in str(caught.value)


def test_what_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("no way")

    monkeypatch.setattr(NativeBatchEnv, "_play", fail)
    with pytest.raises(UserError, match="attacker 'sleeper' failed: ValueError: no way"):
        play("attacker=sleeper")
    with pytest.raises(ValueError, match="no way"):  # ours: a mistake of this program
        play()


@pytest.mark.parametrize(
    ("override", "part"),
    [
        ("attacker=refusing", "attacker 'refusing'"),
        ("reward_terms={'failing': 1.0}", "reward term 'failing'"),
    ],
)
def test_where_a_compiled_step_has_failed_is_told(
    override: str, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:  # as the compiled function does, which takes long to compile
        raise ValueError("not today")

    monkeypatch.setattr(NativeBatchEnv, "_play", fail)
    told = rf"^{part} failed: ValueError: not today \(plugged\.py, line \d+: raise ValueError"
    with pytest.raises(UserError, match=told):
        CyborgBlueprint(env_args(override))


def findings(*overrides: str) -> list[tuple[bool, str]]:
    found = collect("the check", lambda: definition_findings(env_args(*overrides)))
    return [(finding.is_error, finding.text) for finding in found]


@pytest.mark.parametrize(
    ("override", "is_error", "text"),
    [
        ("attacker=sleeper", False, "only sleeps in 1000 games"),
        *slow(
            [
                ("attacker=unscanned", False, "exploits hosts that it has not scanned"),
                ("attacker=cheat", True, "attacker 'cheat' changes level of the state"),
                (
                    "reward_terms={'infinite': 1.0}",
                    True,
                    "reward term 'infinite' is not finite, but inf",
                ),
                (
                    "reward_terms={'meddling': 1.0}",
                    True,
                    "meddling' changes compromise of the state",
                ),
            ]
        ),
    ],
)
def test_the_check_finds_what_is_wrong(override: str, is_error: bool, text: str) -> None:
    assert any(error is is_error and text in told for error, told in findings(override))


@pytest.mark.parametrize(
    "override", ["attacker=same_as_paper", *slow(["reward_terms={'blocks': 1.0}"])]
)
def test_the_check_finds_nothing_where_nothing_is_wrong(override: str) -> None:
    assert findings(override) == []


def test_what_is_registered_must_be_a_function_of_the_right_arguments() -> None:
    with pytest.raises(UserError, match=r"attacker 'x' is a function of \(state, game\): must be"):
        register_attacker("x", plugged.two_arguments)  # type: ignore[arg-type]
    with pytest.raises(UserError, match=r"reward term 'x' is 3: must be a function, def x\(state"):
        register_reward_term("x", 3)  # type: ignore[arg-type]
    with pytest.raises(UserError, match="attacker 'paper' is registered already"):
        register_attacker("paper", plugged.sleeper)
    with pytest.raises(UserError, match="unknown attacker 'slepeer'; did you mean 'sleeper'"):
        CyborgBlueprint(env_args("attacker=slepeer"))
    with pytest.raises(UserError, match="unknown reward term 'block'; did you mean 'blocks'"):
        CyborgBlueprint(env_args("reward_terms={'block': 1.0}"))


ATTACKER = """
from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.checker import collect
from acd_plugin.envs.cyborg.attackers import register_attacker
from acd_plugin.envs.cyborg.game.red.choice import give_order
from acd_plugin.envs.cyborg.game.types import NOBODY, Red

@compiled
def mine(state, rules, game):
    give_order(state, game, Red.SWEEP.value, {subnet}, rules.foothold)

register_attacker("mine", mine)
"""
PLAY = """
import json, sys
import numba, numpy as np
from acd_plugin.configuration.plugins import load_plugins
from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.blueprint import CyborgBlueprint
load_plugins([sys.argv[1]])
blueprint = CyborgBlueprint(json.loads(sys.argv[2]))
batch = blueprint.make_batch(2, seed=0)
batch.reset(0, Purpose.TRAIN)
batch.step(np.zeros((2, 2), dtype=np.int64))
stats = batch.program.step_games._from_python.stats  # of what this call compiled or loaded
print(json.dumps([sum(stats.cache_hits.values()), sum(stats.cache_misses.values()),
                  batch.state.red_target.tolist(), blueprint.identity["attacker"]]))
"""


def run_python(code: str, *arguments: str, **variables: str) -> str:
    """Run code in a process of its own and return what it prints."""
    result = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.mark.slow
def test_a_second_process_loads_what_the_first_compiled_until_the_file_changes(
    tmp_path: Path,
) -> None:
    file = tmp_path / "mine.py"
    arguments = json.dumps(env_args() | {"attacker": "mine"})

    def run(subnet: int) -> list[object]:
        file.write_text(ATTACKER.format(subnet=subnet))
        printed: list[object] = json.loads(run_python(PLAY, str(file), arguments))
        return printed

    first, second, edited = run(0), run(0), run(1)
    assert first[:3] == [0, 1, [0, 0]]
    assert second[:3] == [1, 0, [0, 0]]
    assert edited[:3] == [0, 1, [1, 1]]  # never the machine code of the old file
    assert first[3] == second[3] != edited[3]


def test_with_a_users_attacker_the_rules_run_uncompiled_too(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(ATTACKER.format(subnet=1))
    code = PLAY.split("stats = ", maxsplit=1)[0] + "print(batch.state.red_target.tolist())"
    arguments = json.dumps(env_args() | {"attacker": "mine"})
    assert run_python(code, str(file), arguments, NUMBA_DISABLE_JIT="1").strip() == "[1, 1]"


def test_the_identity_names_what_is_a_users_own() -> None:
    assert CyborgBlueprint(env_args()).identity.keys() == {"rules", "scenario"}
    ours = CyborgBlueprint(env_args("attacker=same_as_paper")).identity
    assert ours.keys() == {"rules", "scenario", "attacker"}
    ours = CyborgBlueprint(env_args("reward_terms={'blocks': -0.5, 'step_number': 2.0}")).identity
    assert ours.keys() == {"rules", "scenario", "reward"}
