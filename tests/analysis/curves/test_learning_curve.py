"""Learning curves and their bands, by hand and by their invariants."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd_plugin.analysis.curves.learning_curve import Curve, band, read_curve
from acd_plugin.analysis.statistics import interquartile_mean, mean
from acd_plugin.errors import UserError
from tests.analysis.conftest import Make


def curve(steps: list[float], values: list[float]) -> Curve:
    return Curve(np.array(steps, dtype=float), np.array(values, dtype=float))


def test_the_interquartile_mean_leaves_out_a_quarter_at_each_end() -> None:
    values = np.array([[-1000.0], [1.0], [2.0], [3.0], [4.0], [5.0], [6.0], [1000.0]])
    assert interquartile_mean(values)[0] == 3.5
    assert mean(values)[0] == pytest.approx(21 / 8)


def test_a_band_is_over_the_steps_that_all_runs_have_reached() -> None:
    found = band([curve([0, 10, 20], [0, 10, 20]), curve([5, 15, 40], [1, 1, 1])])
    assert found.steps.tolist() == [5, 10, 15, 20]
    assert found.centre.tolist() == [3, 5.5, 8, 10.5]  # (5+1)/2, (10+1)/2, (15+1)/2, (20+1)/2
    assert found.low.tolist() == [1, 1, 1, 1]
    assert found.high.tolist() == [5, 10, 15, 20]
    assert found.runs == 2


def test_the_band_of_one_run_is_the_run() -> None:
    one = curve([0, 10], [-3, -1])
    found = band([one])
    for line in (found.centre, found.low, found.high):
        assert line.tolist() == one.values.tolist()


@given(
    st.lists(st.lists(st.floats(-100, 0), min_size=3, max_size=3), min_size=1, max_size=6),
    st.sampled_from([mean, interquartile_mean]),
)
def test_a_band_contains_its_centre_and_stays_within_the_runs(
    values: list[list[float]], centre: object
) -> None:
    curves = [curve([0, 1, 2], row) for row in values]
    found = band(curves, centre)  # type: ignore[arg-type]
    everything = np.array(values)
    assert np.all(found.low <= found.centre + 1e-9)
    assert np.all(found.centre <= found.high + 1e-9)
    assert np.all(found.low >= everything.min(axis=0) - 1e-9)
    assert np.all(found.high <= everything.max(axis=0) + 1e-9)


def test_a_run_without_the_metric_says_what_it_has(make: Make) -> None:
    run = make([-1.0])
    assert read_curve(run).values.tolist() == [-1.0]
    with pytest.raises(UserError, match=r"has no metric 'loss' \(it has: test_return_mean\)"):
        read_curve(run, "loss")
    with pytest.raises(UserError, match=r"\(it has: none yet\)"):
        read_curve(make())
