"""Statistics of few runs: by hand, by their invariants, and against rliable."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from acd_plugin.analysis.curves.learning_curve import Curve, change_at_the_end, steps_to_reach
from acd_plugin.analysis.statistics import (
    bootstrap_interval,
    contrast,
    equivalence_interval,
    mean_interval,
    performance_profile,
    pooled_iqm,
    probability_of_improvement,
    summarise,
)

SCORES = st.lists(st.floats(-300, 0), min_size=1, max_size=8).map(np.array)


def test_a_summary_by_hand() -> None:
    found = summarise(np.array([-8.0, -4.0, -2.0, -100.0]))
    assert found.mean == -28.5
    assert found.sd == pytest.approx(math.sqrt((20.5**2 + 24.5**2 + 26.5**2 + 71.5**2) / 3))
    assert found.iqm == -6.0  # of -8 and -4
    assert found.interval is not None
    assert found.interval.low <= found.iqm <= found.interval.high


def test_one_run_has_no_spread() -> None:
    found = summarise(np.array([-3.0]))
    assert math.isnan(found.sd)
    assert found.interval is None
    assert contrast(np.array([-3.0]), np.array([-4.0, -5.0])).interval is None


def test_the_interval_of_a_mean_is_two_standard_errors_wide() -> None:
    values = np.random.default_rng(1).normal(-5.0, 2.0, 400)
    low, high = mean_interval(values)
    assert (low + high) / 2 == pytest.approx(values.mean(), abs=0.02)
    assert high - low == pytest.approx(2 * 1.96 * 2.0 / 20, rel=0.1)


def test_equivalence_by_hand() -> None:
    # Equal spread and size: Welch's interval is Student's with 6 degrees of freedom.
    first, second = np.array([1.0, 2.0, 3.0, 4.0]), np.array([2.0, 3.0, 4.0, 5.0])
    low, high = equivalence_interval(first, second)
    half = 1.94318 * math.sqrt((5 / 3) * 2 / 4)  # 95th percentile times standard error
    assert low == pytest.approx(-1 - half, abs=1e-4)
    assert high == pytest.approx(-1 + half, abs=1e-4)
    assert equivalence_interval(np.ones(3), np.ones(3)) == (0.0, 0.0)


def test_the_probability_of_improvement_by_hand() -> None:
    # Of six pairs, three are higher and one is equal.
    assert probability_of_improvement(np.array([1.0, 3.0]), np.array([0.0, 1.0, 5.0])) == 3.5 / 6
    certain = (np.array([1.0, 2.0]), np.array([-1.0, 0.0]))
    assert bootstrap_interval(certain, probability_of_improvement) == (1.0, 1.0)


def test_a_contrast_by_hand() -> None:
    first, second = np.array([1.0, 2.0, 6.0]), np.array([-1.0, 0.0, -2.0])
    found = contrast(first, second)
    assert found.difference == 4.0
    assert (found.probability, found.interval) == (1.0, (1.0, 1.0))
    # Of the 20 ways to share six values out, two are as extreme as this one.
    assert found.p_value == pytest.approx(0.1)
    assert contrast(second, first).p_value == found.p_value


@given(SCORES, SCORES)
def test_a_contrasts_interval_is_that_of_the_values(first: np.ndarray, second: np.ndarray) -> None:
    if min(len(first), len(second)) > 1:
        first, second = first.round(-1), second.round(-1)  # with ties
        found = contrast(first, second).interval
        assert found == bootstrap_interval((first, second), probability_of_improvement)


def test_p_is_the_same_for_many_runs_as_by_permutations() -> None:
    generator = np.random.default_rng(5)
    for shift in (0.0, 0.3, 0.6):
        first, second = generator.normal(0, 1, 60), generator.normal(shift, 1, 70)
        permutations = stats.PermutationMethod(rng=0)
        expected = stats.mannwhitneyu(first, second, method=permutations).pvalue
        assert contrast(first, second).p_value == pytest.approx(expected, abs=0.01)


@given(SCORES, SCORES)
def test_improvements_of_both_over_each_other_add_up_to_one(
    first: np.ndarray, second: np.ndarray
) -> None:
    there = probability_of_improvement(first, second)
    assert there + probability_of_improvement(second, first) == pytest.approx(1.0)
    assert 0.0 <= there <= 1.0


@given(SCORES)
def test_profiles_fall_from_all_to_none(scores: np.ndarray) -> None:
    thresholds = np.linspace(-301, 0, 50)
    shares = performance_profile(scores, thresholds)
    assert shares[0] == 1.0
    assert shares[-1] == 0.0
    assert np.all(np.diff(shares) <= 0)


def test_the_bootstrap_draws_every_environment_by_itself() -> None:
    # All runs are alike within an environment: whatever is drawn, the statistic is the same.
    environments = (np.full(5, -1.0), np.full(5, -50.0))
    found = bootstrap_interval(environments, lambda *drawn, axis: np.mean(drawn, axis=(0, axis)))
    assert found == (-25.5, -25.5)


def test_the_step_that_reaches_a_threshold() -> None:
    curve = Curve(np.array([0.0, 10.0, 20.0]), np.array([-9.0, -2.0, -3.0]))
    assert steps_to_reach(curve, -2.0) == 10.0
    assert steps_to_reach(curve, -1.0) is None


def test_the_change_at_the_end_is_between_the_last_two_fifths() -> None:
    steps = np.arange(10.0)
    values = np.array([-90.0] * 6 + [-5.0, -3.0, -2.0, -1.0])
    assert change_at_the_end(Curve(steps, values)) == 2.5
    assert math.isnan(change_at_the_end(Curve(steps[:4], values[:4])))


def test_rliable_finds_the_same() -> None:
    from rliable import library, metrics  # noqa: PLC0415 - slow to load

    generator = np.random.default_rng(3)
    scores = generator.normal(-10, 3, size=(8, 4))
    others = generator.normal(-9, 3, size=(8, 4))
    assert pooled_iqm(*scores.T) == pytest.approx(metrics.aggregate_iqm(scores))
    found = bootstrap_interval(tuple(scores.T), pooled_iqm)
    _, theirs = library.get_interval_estimates(
        {"a": scores}, lambda x: np.array([metrics.aggregate_iqm(x)]), reps=5000
    )
    # Two bootstraps of 5,000 draws: equal to a tenth of the interval's width.
    width = found.high - found.low
    assert np.abs(np.array(found) - theirs["a"][:, 0]).max() < 0.1 * width
    improvement = np.mean(
        [probability_of_improvement(scores[:, e], others[:, e]) for e in range(4)]
    )
    assert improvement == pytest.approx(metrics.probability_of_improvement(scores, others))
    thresholds = np.linspace(-20, 0, 7)
    profile = performance_profile(scores.ravel(), thresholds)
    theirs_at = [library.run_score_deviation(scores, threshold) for threshold in thresholds]
    assert profile == pytest.approx(theirs_at)
