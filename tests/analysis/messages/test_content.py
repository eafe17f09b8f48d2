"""Information, influence, events and trees, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd_plugin.analysis.messages.content import (
    events,
    explain,
    influence,
    information,
    mutual_information,
    symbols,
)

SYMBOLS = st.lists(st.integers(0, 3), min_size=4, max_size=40).map(np.array)


def test_mutual_information_by_hand() -> None:
    coin = np.array([0, 1, 0, 1])
    assert mutual_information(coin, coin) == 1.0
    assert mutual_information(coin, np.array([0, 0, 1, 1])) == 0.0
    assert mutual_information(coin, np.zeros(4, dtype=np.int64)) == 0.0
    # p(0,0) = 1/2, p(1,0) = 1/4, p(1,1) = 1/4
    found = mutual_information(np.array([0, 0, 1, 1]), np.array([0, 0, 0, 1]))
    by_hand = 0.5 * math.log2(0.5 / (0.5 * 0.75)) + 0.25 * math.log2(0.25 / (0.5 * 0.75))
    assert found == pytest.approx(by_hand + 0.25 * math.log2(0.25 / (0.5 * 0.25)))


@given(SYMBOLS, st.randoms())
def test_mutual_information_is_symmetric_and_bounded(first: np.ndarray, chance: object) -> None:
    second = np.array(sorted(first, key=lambda _: chance.random()))  # type: ignore[attr-defined]
    found = mutual_information(first, second)
    assert found == pytest.approx(mutual_information(second, first), abs=1e-9)
    assert -1e-9 <= found <= mutual_information(first, first) + 1e-9


def test_rows_become_symbols() -> None:
    assert symbols(np.array([[1, 0], [0, 1], [1, 0]])).tolist() == [1, 0, 1]


def test_chance_keeps_what_both_have_in_common_with_time() -> None:
    generator = np.random.default_rng(0)
    steps = np.tile(np.arange(2), 200)
    clock = information(steps, steps, steps)  # both only tell the time
    assert clock.bits == clock.by_chance == pytest.approx(1.0)
    assert clock.p_value == 1.0
    coin = generator.integers(2, size=400)
    assert information(coin, coin, steps).p_value < 0.01
    assert information(coin, generator.integers(2, size=400), steps).p_value > 0.01


def test_influence_counts_played_steps_only() -> None:
    actual = np.zeros((1, 2, 2), dtype=np.int64)
    flipped = np.array([[[[1, 0], [1, 1]]]])
    assert influence(actual, flipped, np.array([[True, False]])) == 0.5
    assert influence(actual, flipped, np.array([[True, True]])) == 0.75
    arrives = np.zeros(flipped.shape, bool)
    assert influence(actual, flipped, np.array([[True, True]]), arrives) == 0.0
    arrives[flipped != actual] = True
    assert influence(actual, flipped, np.array([[True, True]]), arrives) == 1.0
    assert influence(actual, flipped, np.array([[False, False]])) == 0.0


def test_events_and_tree_find_the_bit_that_is_told() -> None:
    generator = np.random.default_rng(0)
    seen = generator.integers(2, size=(400, 3)).astype(np.float32)
    seen[:, 2] = 0
    sent = seen[:, 1] > 0
    first, second, third = events(seen, sent, ["noise", "signal", "never"])
    assert (second.rate_when_seen, second.rate_otherwise) == (1.0, 0.0)
    assert first.rate_when_seen is not None
    assert 0.3 < first.rate_when_seen < 0.7
    assert (third.seen, third.rate_when_seen) == (0, None)
    found = explain(seen, sent, np.arange(400), ["noise", "signal", "never"])
    assert found.fidelity == 1.0
    assert found.constant < 0.7
    assert "signal" in found.rules
    assert "noise" not in found.rules


def test_whoever_sees_nothing_is_explained_by_its_habit() -> None:
    sent = np.array([True, True, True, False] * 2)
    found = explain(np.zeros((8, 0), np.float32), sent, np.arange(8) // 4, [])
    assert (found.fidelity, found.constant) == (0.75, 0.75)
