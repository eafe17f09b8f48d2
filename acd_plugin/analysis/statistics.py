"""What a few runs say about an algorithm (Agarwal et al. 2021, "Deep Reinforcement Learning at the
Edge of the Statistical Precipice").

Shape legend: R runs, E environments, T thresholds. A score is the mean return of a run's last
policy. A statistic takes samples, each (..., S), and the axis of its values; it returns (...).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import scipy  # loads `scipy.stats`, which takes a second, where that is first used
from numpy.typing import NDArray

Array = NDArray[np.float64]
Statistic = Callable[..., Array]  # (*samples, axis)

CONFIDENCE = 0.95
LEVEL = 0.05  # of the tests that say who is ahead
_RESAMPLES = 5000
_AT_ONCE = 100  # resamples, which bounds the memory that many points take
_VALUES_AT_ONCE = 10**5  # of the resamples of one sample, of which fewer calls take less time
_MANY = 50  # runs of a group, with which the normal distribution gives the same p-value
_EQUIVALENCE_LEVEL = 0.05  # of each of the two one-sided tests


class Interval(NamedTuple):
    """A confidence interval."""

    low: float
    high: float

    @property
    def in_words(self) -> str:
        """As tables and sentences have it."""
        return f"{self.low:.2f} to {self.high:.2f}"


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
    p_value: float | None  # of the two-sided Mann-Whitney test; of few runs by permutations


def mean(values: Array, axis: int = 0) -> Array:
    """Return the mean along an axis."""
    result: Array = np.mean(values, axis=axis)
    return result


def interquartile_mean(values: Array, axis: int = 0) -> Array:
    """Return the mean of the middle half along an axis."""
    trimmed: Array = scipy.stats.trim_mean(values, 0.25, axis=axis)
    return trimmed


def pooled_iqm(*samples: Array, axis: int = 0) -> Array:
    """Return the interquartile mean of the scores of all environments together."""
    return interquartile_mean(np.concatenate(samples, axis=axis), axis)


def probability_of_improvement(first: Array, second: Array, axis: int = -1) -> Array:
    """Return how likely a run of the first group scores higher than one of the second.

    Ties count half: the Mann-Whitney statistic divided by the number of pairs.
    """
    one = np.expand_dims(np.moveaxis(first, axis, -1), -1)
    other = np.expand_dims(np.moveaxis(second, axis, -1), -2)
    share: Array = ((one > other) + 0.5 * (one == other)).mean(axis=(-2, -1))
    return share


def bootstrap(
    samples: Sequence[NDArray[np.number]], statistic: Statistic, resamples: int = _RESAMPLES
) -> tuple[Array, Array]:
    """Return the ends of the percentile interval of a statistic of samples, each (S, ...).

    Every sample is drawn anew by itself, with replacement; the seed is fixed.
    """
    at_once = _AT_ONCE
    if len(samples) == 1:  # whose chances do not depend on it
        at_once = max(at_once, _VALUES_AT_ONCE // samples[0].size)
    found = scipy.stats.bootstrap(
        samples,
        statistic,
        n_resamples=resamples,
        batch=at_once,
        vectorized=True,
        axis=0,
        confidence_level=CONFIDENCE,
        method="percentile",
        rng=0,
    ).confidence_interval
    return found.low, found.high


def bootstrap_interval(samples: Sequence[NDArray[np.number]], statistic: Statistic) -> Interval:
    """Return the interval as of `bootstrap`, for samples (S,)."""
    low, high = bootstrap(samples, statistic)
    return Interval(float(low), float(high))


def mean_interval(values: Array) -> Interval:
    """Return the percentile bootstrap interval of the mean of values (any number above 1,)."""
    return bootstrap_interval((values,), mean)


def equivalence_interval(first: Array, second: Array) -> Interval:
    """Return the 90% interval of the difference of two means, first minus second, by Welch.

    Two samples are equivalent at the 5% level when it lies within a margin that was declared
    beforehand: the two one-sided tests of Schuirmann (1987), "A comparison of the two one-sided
    tests procedure and the power approach".
    """
    difference = float(first.mean() - second.mean())
    if first.std() == 0 and second.std() == 0:
        return Interval(difference, difference)
    with warnings.catch_warnings():  # of a sample that is constant, whose variance is 0 as it is
        warnings.filterwarnings("ignore", "Precision loss", RuntimeWarning)
        test = scipy.stats.ttest_ind(first, second, equal_var=False)
    interval = test.confidence_interval(1 - 2 * _EQUIVALENCE_LEVEL)
    return Interval(float(interval.low), float(interval.high))


def summarise(scores: Array) -> Summary:
    """Summarise scores (R,)."""
    is_single = len(scores) == 1
    return Summary(
        mean=float(scores.mean()),
        sd=float("nan") if is_single else float(scores.std(ddof=1)),
        iqm=float(interquartile_mean(scores)),
        interval=None if is_single else bootstrap_interval((scores,), interquartile_mean),
    )


def contrast(first: Array, second: Array) -> Contrast:
    """Compare the scores of two groups (R,), which may differ in size."""
    difference = float(first.mean() - second.mean())
    probability = float(probability_of_improvement(first, second))
    if min(len(first), len(second)) < 2:
        return Contrast(difference, probability, None, None)
    places = (np.arange(len(first)), np.arange(len(second)))
    interval = bootstrap_interval(places, _improvement_of_places(first, second))
    return Contrast(difference, probability, interval, rank_test(first, second))


def rank_test(first: Array, second: Array) -> float:
    """Return p of the two-sided Mann-Whitney test of two groups (R,); of few by permutations."""
    method: object = "asymptotic"
    if min(len(first), len(second)) < _MANY:
        method = scipy.stats.PermutationMethod(rng=0)  # all of them where they are few
    return float(scipy.stats.mannwhitneyu(first, second, method=method).pvalue)


def _improvement_of_places(first: Array, second: Array) -> Statistic:
    """Return `probability_of_improvement` as a statistic of places in both samples.

    A resample has few different values, which are compared once instead of in every resample.
    """
    order = np.argsort(second, kind="stable")
    rank = np.empty(len(second), dtype=np.int64)
    rank[order] = np.arange(len(second))
    lower = np.searchsorted(second[order], first, side="left")
    not_higher = np.searchsorted(second[order], first, side="right")
    has_ties = bool((lower != not_higher).any())

    def share(ones: Array, others: Array, axis: int = -1) -> Array:
        drawn = rank[np.moveaxis(others, axis, -1)]  # (..., S)
        places = np.moveaxis(ones, axis, -1)  # (..., R)
        width = len(second) + 1
        rows = np.arange(drawn.size // len(second)).reshape(*drawn.shape[:-1], 1)
        counts = np.bincount((rows * width + drawn + 1).ravel(), minlength=rows.size * width)
        below = counts.reshape(-1, width).cumsum(axis=-1).ravel()  # of each row, after each rank
        won = below[rows * width + lower[places]].sum(axis=-1)  # of the drawn, by each of the first
        if has_ties:
            won = (won + below[rows * width + not_higher[places]].sum(axis=-1)) / 2
        total: Array = won / (len(first) * len(second))
        return total

    return share


def performance_profile(scores: Array, thresholds: Array) -> Array:
    """Return the share of runs (R,) that score above each threshold (T,)."""
    shares: Array = (scores[:, None] > thresholds).mean(axis=0)
    return shares
