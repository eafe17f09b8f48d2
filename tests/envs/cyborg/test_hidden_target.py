"""The game of the hidden target, computed: what it is worth to be told b bits.

All that the guard can do in the last four steps of a game of eleven, against all that can happen:
four targets, and three steps at which the attacker may come (its escalation waits two, three or
four decisions). Before that no server can be attacked.
"""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.native_batch import NativeBatchEnv
from tests.envs.cyborg.games import make_batch

STEPS, LAST = 11, 4
ARRIVAL = {8: Fraction(1, 3), 9: Fraction(4, 9), 10: Fraction(2, 9)}  # the first attack on a server
TARGETS = 4
PLANS = list(
    itertools.product(range(1 + TARGETS), repeat=LAST)
)  # 0: sleep; n: protect server n - 1
ANALYSIS = 4  # the step after the gate was taken, which the watch sees

LOSS = sum(share * (STEPS - step + 1) for step, share in ARRIVAL.items())
PROTECTION = Fraction(LAST, 100)
ASKING = Fraction(1, 20)  # an Analyse of a gate that was seen to fall finds no news but the clue


def predicted(bits: int) -> float:
    """The best return when the guard is told so many bits of the target: right 2^b times in K."""
    wrong = 1 - Fraction(2**bits, TARGETS)
    return float(-(wrong * LOSS + PROTECTION + ASKING * (bits > 0)))


def play(batch: NativeBatchEnv, guard: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the returns (G,) when the guard does (G, T), and the watch sleeps."""
    names = batch.action_names
    protect = [names[1].index("Sleep"), *(names[1].index(f"Protect Server{n}") for n in range(4))]
    total = np.zeros(batch.n_games)
    for step in range(STEPS):
        actions = np.full((batch.n_games, 2), names[0].index("Sleep"))
        actions[:, 1] = np.array(protect)[guard[:, step]]
        total += batch.step(actions).rewards
    return total


def cases() -> list[tuple[int, int, np.uint64]]:
    """Return target, arrival and key of one game for everything that can happen."""
    batch = make_batch(f"time_limit={STEPS}", games=400, env="hidden_target")
    batch.reset(0, Purpose.TRAIN)
    target, key = batch.state.objective - batch.rules.objectives[0], batch.state.key.copy()
    play(batch, np.zeros((400, STEPS), dtype=np.int64))
    arrival = STEPS + 1 - batch.totals.objective_steps.astype(int)
    found = {(int(t), int(a)): k for t, a, k in zip(target, arrival, key, strict=True)}
    return [(*case, found[case]) for case in sorted(found)]


@pytest.fixture(scope="module")
def returns() -> NDArray[np.float64]:
    """The expected return of every plan against every target (plans, targets)."""
    happens = cases()
    batch = make_batch(f"time_limit={STEPS}", games=len(PLANS) * len(happens), env="hidden_target")
    batch.reset(0, Purpose.TRAIN)
    targets, arrivals, keys = (np.array(column) for column in zip(*happens, strict=True))
    batch.state.key[:] = np.tile(keys, len(PLANS))
    batch.state.objective[:] = np.tile(batch.rules.objectives[targets], len(PLANS))
    guard = np.zeros((len(PLANS), len(happens), STEPS), dtype=np.int64)
    guard[:, :, -LAST:] = np.array(PLANS)[:, None, :]
    played = play(batch, guard.reshape(-1, STEPS)).reshape(len(PLANS), len(happens))
    weights = np.array([float(ARRIVAL[arrival]) for arrival in arrivals])
    return np.stack(
        [(played * weights)[:, targets == target].sum(axis=1) for target in range(TARGETS)], axis=1
    )


def test_all_that_can_happen_was_found() -> None:
    assert [case[:2] for case in cases()] == list(itertools.product(range(TARGETS), ARRIVAL))


@pytest.mark.parametrize("bits", [0, 1, 2])
def test_the_best_that_can_be_done_with_b_bits_is_what_was_predicted(
    returns: NDArray[np.float64], bits: int
) -> None:
    groups = np.arange(TARGETS).reshape(2**bits, -1)  # what the guard cannot tell apart
    best = np.mean([returns[:, group].mean(axis=1).max() for group in groups])
    assert best - float(ASKING) * (bits > 0) == pytest.approx(predicted(bits))


def test_what_the_watch_is_told_comes_in_time() -> None:
    """The clue is seen after step 4, said in step 5 and heard in step 6; attacks begin with 8."""
    batch = make_batch(f"time_limit={STEPS}", games=64, env="hidden_target")
    batch.reset(0, Purpose.TRAIN)
    names = batch.action_names
    total = np.zeros(64)
    said = heard = np.zeros((64, TARGETS), dtype=np.float32)
    for step in range(1, STEPS + 1):
        heard, said = said, batch.observations[:, 0, -TARGETS:].copy()
        actions = np.zeros((64, 2), dtype=np.int64)
        actions[:, 0] = names[0].index("Analyse Gate0") * (step == ANALYSIS)
        if step > STEPS - LAST:
            assert heard.any(axis=1).all()
            actions[:, 1] = names[1].index("Protect Server0") + heard.argmax(axis=1)
        total += batch.step(actions).rewards
    assert total == pytest.approx(predicted(2))
