"""The game of the hidden hour, computed: what it is worth to be told when the attacker has come.

All that the guard can do in a game of twelve steps against all that can happen: the hour (the
attacker waits for 0 to 12 steps), and how long its escalation takes (two, three or four decisions).
It takes the gate three steps after it has waited, and first attacks the server five steps later at
the earliest.
"""

from __future__ import annotations

import itertools
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.native_batch import NativeBatchEnv
from tests.envs.cyborg.games import make_batch

STEPS, FIRST = 12, 8  # no attack comes before step FIRST
WHOLE = 16  # steps of the game as it is trained
PLANS = list(itertools.product([False, True], repeat=STEPS - FIRST + 1))  # whether to protect
HOURS = 13
AFTER_THE_GATE = {5: Fraction(1, 3), 6: Fraction(4, 9), 7: Fraction(2, 9)}  # steps, their chances
GATE_FALLS = 3  # in this step, or as much later as it waits
LATEST = GATE_FALLS + HOURS - 1 + max(AFTER_THE_GATE)
PRICE = Fraction(3, 10)  # of a protected step; a fallen server costs 1 in every step to the end


def loss(start: int, attack: int, steps: int) -> Fraction:
    """What is lost when the server is protected from one step on and attacked from another."""
    fallen = max(0, steps - attack + 1) if attack < start else 0
    return PRICE * max(0, steps - start + 1) + fallen


def predicted(told: bool, steps: int) -> float:
    """The best expected return: the same start for all hours, or the best one for every hour."""
    starts = range(FIRST, steps + 2)
    by_hour = [
        [
            sum(
                share * loss(start, GATE_FALLS + hour + after, steps)
                for after, share in AFTER_THE_GATE.items()
            )
            for start in starts
        ]
        for hour in range(HOURS)
    ]
    if told:
        return float(-sum(min(losses) for losses in by_hour) / HOURS)
    return float(-min(map(sum, zip(*by_hour, strict=True))) / HOURS)


def play(batch: NativeBatchEnv, protect: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the returns (G,) when the guard protects or not in every step (G, T)."""
    total = np.zeros(batch.n_games)
    for step in range(protect.shape[1]):
        actions = np.zeros((batch.n_games, 2), dtype=np.int64)
        actions[:, 1] = protect[:, step] * batch.action_names[1].index("Protect Server0")
        total += batch.step(actions).rewards
    return total


@cache
def cases() -> dict[tuple[int, int], np.uint64]:
    """The key of one game for every hour and time from the gate's fall to the first attack."""
    games = 2000
    batch = make_batch(f"time_limit={LATEST}", games=games, env="hidden_hour")
    batch.reset(0, Purpose.TRAIN)
    gate, server = 1, 2
    fell = np.zeros((games, 3), dtype=np.int64)
    for step in range(1, LATEST + 1):
        batch.step(np.zeros((games, 2), dtype=np.int64))
        fell[(batch.state.level > 0) & (fell == 0)] = step
    batch.reset(0, Purpose.TRAIN)
    times = zip(fell[:, gate] - GATE_FALLS, fell[:, server] - fell[:, gate], strict=True)
    return {
        (int(hour), int(after)): key
        for (hour, after), key in zip(times, batch.state.key.copy(), strict=True)
    }


@pytest.fixture(scope="module")
def returns() -> NDArray[np.float64]:
    """The expected return of every plan at every hour (plans, hours)."""
    happens = sorted(cases())
    batch = make_batch(f"time_limit={STEPS}", games=len(PLANS) * len(happens), env="hidden_hour")
    batch.reset(0, Purpose.TRAIN)
    batch.state.key[:] = np.tile([cases()[case] for case in happens], len(PLANS))
    protect = np.zeros((len(PLANS), len(happens), STEPS), dtype=np.bool_)
    protect[:, :, FIRST - 1 :] = np.array(PLANS)[:, None, :]
    played = play(batch, protect.reshape(-1, STEPS)).reshape(len(PLANS), HOURS, -1)
    chances = np.array([float(AFTER_THE_GATE[after]) for after in sorted(AFTER_THE_GATE)])
    weighted: NDArray[np.float64] = played @ chances
    return weighted


def test_all_that_can_happen_was_found() -> None:
    assert sorted(cases()) == list(itertools.product(range(HOURS), AFTER_THE_GATE))


def test_the_best_that_can_be_done_is_what_was_predicted(returns: NDArray[np.float64]) -> None:
    assert returns.mean(axis=1).max() == pytest.approx(predicted(told=False, steps=STEPS))
    assert returns.max(axis=0).mean() == pytest.approx(predicted(told=True, steps=STEPS))


def test_at_its_whole_length_it_costs_what_the_documents_say() -> None:
    assert predicted(told=False, steps=WHOLE) == pytest.approx(-2.63, abs=0.005)
    assert predicted(told=True, steps=WHOLE) == pytest.approx(-1.04, abs=0.005)


def test_in_silence_never_to_protect_is_worth_what_always_to_protect_is() -> None:
    """So that it does not matter which of the two a team without information ends with."""
    never, always = (
        -sum(
            share * loss(start, GATE_FALLS + hour + after, WHOLE) / HOURS
            for after, share in AFTER_THE_GATE.items()
            for hour in range(HOURS)
        )
        for start in (WHOLE + 1, FIRST)
    )
    assert float(never) == pytest.approx(-2.86, abs=0.005)
    assert float(always) == pytest.approx(-2.7)


def test_what_the_watch_says_comes_in_time() -> None:
    """The fall is seen after the step, said in the next, heard after that; attacks come later."""
    happens = sorted(cases())
    batch = make_batch(games=len(happens), env="hidden_hour")
    batch.reset(0, Purpose.TRAIN)
    batch.state.key[:] = [cases()[case] for case in happens]
    seen = batch.observation_names[0].index("Gate0 user or root")
    first_heard = np.full(len(happens), 99)
    total = np.zeros(len(happens))
    for step in range(1, WHOLE + 1):
        actions = np.zeros((len(happens), 2), dtype=np.int64)
        ready = first_heard + 3 <= step
        actions[:, 1] = ready * batch.action_names[1].index("Protect Server0")
        total += batch.step(actions).rewards
        heard = batch.observations[:, 0, seen] > 0  # said in step + 1, heard for step + 2
        first_heard = np.where(heard, np.minimum(first_heard, step + 2), first_heard)
    weights = np.array([float(AFTER_THE_GATE[after]) for _, after in happens]) / HOURS
    assert (total * weights).sum() == pytest.approx(predicted(told=True, steps=WHOLE))
