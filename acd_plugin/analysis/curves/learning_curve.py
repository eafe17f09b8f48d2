"""Learning curves of runs, alone and as a group with a band of confidence.

Shape legend: R runs, P points.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from acd_plugin.analysis.runs.run_record import RunRecord
from acd_plugin.errors import UserError, listing, nearest
from acd_plugin.tracking.metric_file import read_metrics

Array = NDArray[np.float64]

_RESAMPLES = 2000
_CONFIDENCE = 0.95
DEFAULT_METRIC = "test_return_mean"


class Curve(NamedTuple):
    """A metric over training."""

    steps: Array  # (P,) environment steps, increasing
    values: Array  # (P,)


class Band(NamedTuple):
    """A group's curve: its centre and a 95% confidence interval of it, of shape (P,) each."""

    steps: Array
    centre: Array
    low: Array
    high: Array
    runs: int


def interquartile_mean(values: Array) -> Array:
    """Return the mean of the middle half along the first axis (Agarwal et al. 2021)."""
    trimmed: Array = stats.trim_mean(values, 0.25, axis=0)
    return trimmed


def mean(values: Array) -> Array:
    """Return the mean along the first axis."""
    result: Array = np.mean(values, axis=0)
    return result


def read_curve(run: RunRecord, metric: str = DEFAULT_METRIC) -> Curve:
    """Return a run's curve; UserError when it has no such metric."""
    found = [point for point in read_metrics(run.folder, metric) if point["name"] == metric]
    if not found:
        names = {point["name"] for point in read_metrics(run.folder)}
        raise UserError(
            f"{run.folder.path}: has no metric '{metric}'{nearest(metric, names)} "
            f"(it has: {listing(names) or 'none yet'})"
        )
    steps, first = np.unique([float(point["step"]) for point in found], return_index=True)
    return Curve(steps, np.array([float(point["value"]) for point in found])[first])


def band(curves: Sequence[Curve], centre: Callable[[Array], Array] = mean) -> Band:
    """Return the group's curve over the steps that all runs have reached.

    Runs that measured at other steps are interpolated. The interval is a percentile bootstrap over
    runs with a fixed seed; of a single run it is the run itself.
    """
    first, last = (
        pick(curve.steps[end] for curve in curves) for pick, end in ((max, 0), (min, -1))
    )
    steps = np.unique(np.concatenate([curve.steps for curve in curves]))
    steps = steps[(steps >= first) & (steps <= last)]
    values = np.stack([np.interp(steps, *curve) for curve in curves])  # (R, P)
    draws = np.random.default_rng(0).integers(len(curves), size=(_RESAMPLES, len(curves)))
    # Runs first, as `centre` expects; one column of points at a time, to be spared memory.
    centres = np.stack([centre(values[draws.T, point]) for point in range(len(steps))], axis=1)
    tail = (1 - _CONFIDENCE) / 2
    low, high = np.quantile(centres, [tail, 1 - tail], axis=0)
    return Band(steps, centre(values), low, high, len(curves))
