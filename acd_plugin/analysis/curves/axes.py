"""Axes that can be read: a scale that fits what is drawn, and ticks that are labelled and apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

_MANY_TIMES = 10  # values that differ by more are drawn on a logarithmic axis
_SMALL = 10.0  # returns that are all nearer to 0 are drawn on a linear one
_MOST_TICKS = 10  # that stand at the values themselves
_APART = 0.07  # of the axis, from one label to the next
_LETTERS = 60  # of all labels, beyond which they are written aslant


def scale_returns(axes: Any, axis: Any, label: str) -> None:
    """Scale an axis of returns, which may span from -300 to 0, with plain numbers at its ticks.

    The label gets what kind of scale that is, where it is no linear one. To be called when
    everything is drawn.
    """
    axis.set_label_text(label)
    is_vertical = axis is axes.yaxis
    low, high = sorted(axes.dataLim.intervaly if is_vertical else axes.dataLim.intervalx)
    largest = max(abs(low), abs(high))
    smallest = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    if not _SMALL < largest < math.inf or largest < _MANY_TIMES * smallest:
        return
    from matplotlib.ticker import SymmetricalLogLocator  # noqa: PLC0415

    (axes.set_yscale if is_vertical else axes.set_xscale)("symlog", linthresh=1)
    locator = SymmetricalLogLocator(transform=axis.get_transform(), subs=(1, 2, 5))
    axis.set_major_locator(locator)
    axis.set_major_formatter("{x:g}")
    axis.set_label_text(f"{label} (logarithmic)")
    axes.autoscale_view()


def scale_numbers(axes: Any, places: Sequence[float]) -> None:
    """Scale the horizontal axis for these values, in order; ticks at them if they are few."""
    from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter  # noqa: PLC0415

    first, last = places[0], places[-1]
    is_log = first > 0 and last >= _MANY_TIMES * first
    if is_log:
        axes.set_xscale("log")
        axes.xaxis.set_minor_formatter(NullFormatter())
    at = [math.log(place) for place in places] if is_log else list(places)
    gaps = [(after - before) / (at[-1] - at[0]) for before, after in pairwise(at)]
    if len(places) <= _MOST_TICKS and min(gaps, default=1.0) >= _APART:
        axes.set_xticks(places, [f"{place:g}" for place in places])
    elif is_log:
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if last < 100 * first else (1,)))
        axes.xaxis.set_major_formatter("{x:g}")
    else:
        is_whole = all(float(place).is_integer() for place in places)
        axes.xaxis.set_major_locator(MaxNLocator(8, integer=is_whole))


def name_places(axes: Any, names: Sequence[str]) -> None:
    """Write names at 0, 1, ... of the horizontal axis, aslant where they would overlap."""
    aslant = {"rotation": 20, "ha": "right"} if sum(map(len, names)) > _LETTERS else {}
    axes.set_xticks(range(len(names)), names, **aslant)
    axes.set_xlim(-0.5, len(names) - 0.5)
