"""What must hold in any game, whatever is played."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from acd_plugin.configuration.paths import names_in
from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.compiled import threads as threads_module
from acd_plugin.envs.cyborg.native_batch import NativeBatchEnv
from tests.envs.cyborg.games import env_args, make_batch

ROOT = Path(__file__).resolve().parents[3]
SCENARIOS = [name for name in names_in("scenarios") if name != "images"]
GAMES = 16


def random_actions(batch: NativeBatchEnv, rng: np.random.Generator) -> NDArray[np.int64]:
    """Any action that exists, masked or not: the rules do not enforce the mask."""
    exists = np.array([[bool(name) for name in names] for names in batch.action_names])
    weights = rng.random((batch.n_games, *exists.shape)) * exists
    actions: NDArray[np.int64] = weights.argmax(axis=2)
    return actions


def check_step(batch: NativeBatchEnv, reward: NDArray[np.float64]) -> None:
    state, rules = batch.state, batch.rules
    held = state.level > 0
    damage = ((state.level == 2) * rules.damage).sum(axis=1)
    np.testing.assert_allclose(reward, -damage - state.cost.sum(axis=1))
    assert (state.level[:, rules.foothold] == 2).all()
    assert not (state.pid_known & ~held).any()
    observed = state.observation
    absent = rules.agent_host < 0
    slots = rules.agent_host.shape[1]
    bits = observed[:, :, : 4 * slots].reshape(batch.n_games, batch.n_agents, slots, 4)
    assert (bits[:, absent] == -1).all()
    assert np.isin(bits[:, ~absent], (0, 1)).all()
    total = bits.sum(axis=3)
    threat = (total >= 2) | ((total == 1) & (bits[..., 0] == 0))  # as the game describes it
    for agent, own in enumerate(batch.action_names):
        seen = list(rules.agent_host[agent])
        for column, name in enumerate(own):
            available = state.available[:, agent, column]
            target = rules.action_target[agent, column]
            if name.startswith(("Remove", "Restore")) and target in seen:
                assert (available == threat[:, agent, seen.index(target)]).all()
            elif not name.startswith("Analyse"):
                assert (available == bool(name)).all()


@pytest.mark.parametrize("scenario", SCENARIOS)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_invariants_of_every_step(scenario: str, seed: int) -> None:
    batch = make_batch(f"scenario={scenario}", "time_limit=40", games=GAMES, seed=seed)
    rng = np.random.default_rng(seed)
    batch.reset(0, Purpose.TRAIN)
    total = np.zeros(GAMES)
    for _ in range(40):
        reward = batch.step(random_actions(batch, rng)).rewards
        total += reward
        check_step(batch, reward)
    stats = batch.episode_stats()
    costs = sum(stats[name] for name in stats if name.startswith("cost_"))
    np.testing.assert_allclose(total, -costs)


def play(batch: NativeBatchEnv, tape: NDArray[np.int64], first: int) -> list[NDArray[np.float32]]:
    """Play episodes from ``first`` on with a tape of actions (T, G, N); returns what was seen."""
    batch.reset(first, Purpose.TRAIN)
    seen = []
    for actions in tape:
        rewards = batch.step(actions).rewards
        seen += [batch.observations.copy(), rewards.astype(np.float32)]
    return seen


def equal(one: list[NDArray[np.float32]], two: list[NDArray[np.float32]]) -> bool:
    return all((a == b).all() for a, b in zip(one, two, strict=True))


@pytest.fixture(scope="module")
def tape() -> NDArray[np.int64]:
    return np.random.default_rng(1).integers(0, 8, (30, GAMES, 2))


def test_the_same_seed_gives_the_same_games_and_another_other_ones(tape: NDArray[np.int64]) -> None:
    first = play(make_batch(games=GAMES, seed=5), tape, 0)
    assert equal(first, play(make_batch(games=GAMES, seed=5), tape, 0))
    assert not equal(first, play(make_batch(games=GAMES, seed=6), tape, 0))


def test_a_game_does_not_depend_on_the_games_beside_it(tape: NDArray[np.int64]) -> None:
    together = play(make_batch(games=GAMES), tape, 0)
    for game in (0, 7, GAMES - 1):
        alone = play(make_batch(games=1), tape[:, game : game + 1], game)
        assert equal([seen[game : game + 1] for seen in together], alone)


def test_threads_change_nothing(tape: NDArray[np.int64], monkeypatch: pytest.MonkeyPatch) -> None:
    one_thread = play(make_batch(games=GAMES, threads=1), tape, 0)
    monkeypatch.setattr(threads_module, "MIN_GAMES_PER_THREAD", 1)
    for threads in (2, 3, 5):
        batch = make_batch(games=GAMES, threads=threads)
        assert equal(one_thread, play(batch, tape, 0))
        batch.close()


def test_purposes_have_streams_of_their_own(tape: NDArray[np.int64]) -> None:
    seen = {}
    for purpose in Purpose:
        batch = make_batch(games=GAMES)
        batch.reset(0, purpose)
        for actions in tape:
            batch.step(actions)
        seen[purpose] = batch.observations.tobytes()
    assert len(set(seen.values())) == len(Purpose)


UNCOMPILED = """
import json, sys
import numpy as np
from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.native_batch import NativeBatchEnv
from acd_plugin.envs.cyborg.definition import define_game
batch = NativeBatchEnv(define_game(json.loads(sys.argv[1])), 4, seed=3)
batch.reset(0, Purpose.TRAIN)
rng = np.random.default_rng(0)
seen = []
for _ in range(20):
    rewards = batch.step(rng.integers(0, 8, (4, 2))).rewards
    seen.append([rewards.tolist(), batch.observations.tolist(), batch.available_actions.tolist()])
print(json.dumps(seen))
"""


def test_uncompiled_rules_play_the_same_game() -> None:
    arguments = json.dumps(env_args("scenario=dial_2_subnets_green"))
    outputs = [
        subprocess.run(
            [sys.executable, "-W", "error", "-c", UNCOMPILED, arguments],
            env={**os.environ, "NUMBA_DISABLE_JIT": disabled, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for disabled in ("0", "1")
    ]
    assert outputs[0] == outputs[1]
    assert json.loads(outputs[0])
