"""Learning curves of runs, alone and as a group with a band of confidence.

Shape legend: R runs, P points.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from acd_plugin.analysis.runs.run_record import RunRecord
from acd_plugin.analysis.statistics import Array, Statistic, bootstrap, mean
from acd_plugin.errors import UserError, listing, nearest
from acd_plugin.tracking.metric_file import iterate_metrics, read_metrics

_RESAMPLES = 2000
DEFAULT_METRIC = "test_return_mean"
_EPISODES = "episode"  # how many a run had played


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


def read_curve(run: RunRecord, metric: str = DEFAULT_METRIC) -> Curve:
    """Return a run's curve; UserError when it has no such metric."""
    curve = _measured(run, metric)
    if curve is None:
        names = {point["name"] for point in iterate_metrics(run.folder)}
        raise UserError(
            f"{run.folder}: has no metric '{metric}'{nearest(metric, names)} "
            f"(it has: {listing(names) or 'none yet'})"
        )
    return curve


def _measured(run: RunRecord, metric: str) -> Curve | None:
    found = read_metrics(run.folder, metric)
    if not found:
        return None
    steps, first = np.unique([float(point["step"]) for point in found], return_index=True)
    return Curve(steps, np.array([point["value"] for point in found])[first])


def band(curves: Sequence[Curve], centre: Statistic = mean) -> Band:
    """Return the group's curve over the steps that all runs have reached.

    Runs that measured at other steps are interpolated. The interval is a percentile bootstrap over
    runs with a fixed seed; of a single run it is the run itself. Runs that have no steps in common
    give a curve without points.
    """
    first = max(curve.steps[0] for curve in curves)
    last = min(curve.steps[-1] for curve in curves)
    steps = np.unique(np.concatenate([curve.steps for curve in curves]))
    steps = steps[(steps >= first) & (steps <= last)]
    values = np.stack([np.interp(steps, *curve) for curve in curves])  # (R, P)
    if len(curves) == 1 or not len(steps):
        return Band(steps, values[0], values[0], values[0], len(curves))
    low, high = bootstrap((values,), centre, _RESAMPLES)
    return Band(steps, centre(values), low, high, len(curves))


def steps_to_reach(curve: Curve, threshold: float) -> float | None:
    """Return the first step at which a curve is at the threshold or above, None if never."""
    reached = np.flatnonzero(curve.values >= threshold)
    return float(curve.steps[reached[0]]) if len(reached) else None


def games_until(run: RunRecord, step: float) -> float | None:
    """Return how many games a run had played at an environment step; None if it cannot be known."""
    played = _measured(run, _EPISODES)
    if played is None:
        limit = run.config.get("episode_limit")
        return step / limit if limit else None
    last = played.steps[-1]
    if last <= 0:
        return None
    if step > last:
        return float(step / last * played.values[-1])
    return float(np.interp(step, [0.0, *played.steps], [0.0, *played.values]))


def change_at_the_end(curve: Curve) -> float:
    """Return the mean of the last fifth of a curve's points less that of the fifth before.

    Near 0 when training has settled. A curve of fewer than five points gives nan.
    """
    fifth = len(curve.values) // 5
    if fifth == 0:
        return float("nan")
    return float(curve.values[-fifth:].mean() - curve.values[-2 * fifth : -fifth].mean())
