"""What a few runs say about an algorithm (Agarwal et al. 2021, "Deep Reinforcement Learning at the
Edge of the Statistical Precipice").

Shape legend: R runs, E environments, T thresholds. A score is the mean return of a run's last
policy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from acd_plugin.analysis.curves.learning_curve import Curve, interquartile_mean

Array = NDArray[np.float64]

CONFIDENCE = 0.95
_RESAMPLES = 5000
_EQUIVALENCE_LEVEL = 0.05  # of each of the two one-sided tests


class Interval(NamedTuple):
    """A confidence interval."""

    low: float
    high: float


class Summary(NamedTuple):
    """The scores of one group of runs in one environment."""

    mean: float
    sd: float  # over runs; nan for a single one
    iqm: float
    interval: Interval | None  # of the IQM; None for a single one


class Contrast(NamedTuple):
    """One group's scores against another's."""

    difference: float  # of the means, first minus second
    probability: float  # that a run of the first scores higher than one of the second
    # None where a group has a single run:
    interval: Interval | None  # of the probability
    p_value: float | None  # of the two-sided Mann-Whitney test, by permutations


def mean_interval(values: Array) -> Interval:
    """Return the percentile bootstrap interval of the mean of values (any number,)."""
    generator = np.random.default_rng(0)
    count = len(values)
    means = [values[generator.integers(count, size=count)].mean() for _ in range(_RESAMPLES)]
    return _interval(np.array(means))


def equivalence_interval(first: Array, second: Array) -> Interval:
    """Return the 90% interval of the difference of two means, first minus second, by Welch.

    Two samples are equivalent at the 5% level when it lies within a margin that was declared
    beforehand: the two one-sided tests of Schuirmann (1987), "A comparison of the two one-sided
    tests procedure and the power approach".
    """
    difference = float(first.mean() - second.mean())
    if first.std() == 0 and second.std() == 0:
        return Interval(difference, difference)
    test = stats.ttest_ind(first, second, equal_var=False)
    interval = test.confidence_interval(1 - 2 * _EQUIVALENCE_LEVEL)
    return Interval(float(interval.low), float(interval.high))


def summarise(scores: Array) -> Summary:
    """Summarise scores (R,)."""
    return Summary(
        mean=float(scores.mean()),
        sd=float(scores.std(ddof=1)) if len(scores) > 1 else float("nan"),
        iqm=float(pooled_iqm(scores[:, None])),
        interval=stratified_bootstrap(scores[:, None], pooled_iqm) if len(scores) > 1 else None,
    )


def pooled_iqm(scores: Array) -> Array:
    """Return the interquartile mean (...) of scores (..., R, E), all environments together."""
    pooled = scores.reshape(*scores.shape[:-2], -1)
    return interquartile_mean(np.moveaxis(pooled, -1, 0))


def stratified_bootstrap(
    scores: Array, statistic: Callable[[Array], Array], resamples: int = _RESAMPLES
) -> Interval:
    """Return the percentile interval of a statistic, (..., R, E) -> (...), of scores (R, E).

    Runs are drawn with replacement, for every environment by itself. The seed is fixed.
    """
    rows = np.random.default_rng(0).integers(len(scores), size=(resamples, *scores.shape))
    return _interval(statistic(scores[rows, np.arange(scores.shape[1])]))


def probability_of_improvement(first: Array, second: Array) -> float:
    """Return how likely a run of the first group (R,) scores higher than one of the second.

    Ties count half: the Mann-Whitney statistic divided by the number of pairs.
    """
    higher = (first[:, None] > second).mean()
    return float(higher + 0.5 * (first[:, None] == second).mean())


def improvement_interval(first: Array, second: Array, resamples: int = _RESAMPLES) -> Interval:
    """Return the bootstrap interval of `probability_of_improvement`, both groups drawn anew."""
    generator = np.random.default_rng(0)
    ones = first[generator.integers(len(first), size=(resamples, len(first)))][:, :, None]
    others = second[generator.integers(len(second), size=(resamples, len(second)))][:, None]
    return _interval(((ones > others) + 0.5 * (ones == others)).mean(axis=(1, 2)))


def contrast(first: Array, second: Array) -> Contrast:
    """Compare the scores of two groups (R,), which may differ in size."""
    difference = float(first.mean() - second.mean())
    probability = probability_of_improvement(first, second)
    if min(len(first), len(second)) < 2:
        return Contrast(difference, probability, None, None)
    permutations = stats.PermutationMethod(rng=0)  # all of them where they are few
    p_value = float(stats.mannwhitneyu(first, second, method=permutations).pvalue)
    return Contrast(difference, probability, improvement_interval(first, second), p_value)


def performance_profile(scores: Array, thresholds: Array) -> Array:
    """Return the share of runs (R,) that score above each threshold (T,)."""
    shares: Array = (scores[:, None] > thresholds).mean(axis=0)
    return shares


def steps_to_reach(curve: Curve, threshold: float) -> float | None:
    """Return the first step at which a curve is at the threshold or above, None if never."""
    reached = np.flatnonzero(curve.values >= threshold)
    return float(curve.steps[reached[0]]) if len(reached) else None


def change_at_the_end(curve: Curve) -> float:
    """Return the mean of the last fifth of a curve's points less that of the fifth before.

    Near 0 when training has settled. A curve of fewer than five points gives nan.
    """
    fifth = len(curve.values) // 5
    if fifth == 0:
        return float("nan")
    return float(curve.values[-fifth:].mean() - curve.values[-2 * fifth : -fifth].mean())


def _interval(drawn: Array) -> Interval:
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return Interval(float(low), float(high))
