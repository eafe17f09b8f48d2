"""Pictures of learning curves."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from acd_plugin.analysis.curves.learning_curve import Band, Curve
from acd_plugin.analysis.statistics import Array

_COLOURS = 10  # of matplotlib's default cycle
_MANY_POINTS = 20_000
_LONGEST_NAME = 120  # letters


def learning_curves(
    bands: Mapping[str, Band], runs: Mapping[str, Sequence[Curve]], metric: str
) -> bytes:
    """Return a PNG: per group its centre, its band, and thinly every run."""
    from matplotlib.collections import LineCollection  # noqa: PLC0415

    figure, axes = _figure(4.5)
    for number, (name, band) in enumerate(bands.items()):
        colour, line = f"C{number % _COLOURS}", ("-", "--", ":")[number // _COLOURS % 3]
        # All at once: there may be hundreds.
        thin = [np.column_stack(curve) for curve in runs[name]]
        axes.add_collection(LineCollection(thin, colors=colour, linewidths=0.6, alpha=0.35))
        label = f"{_words(name)} ({band.runs} run{'s' if band.runs > 1 else ''})"
        axes.plot(band.steps, band.centre, line, color=colour, linewidth=1.8, label=label)
        axes.fill_between(band.steps, band.low, band.high, color=colour, alpha=0.2, linewidth=0)
    if metric.endswith("return_mean"):
        axes.set_yscale("symlog", linthresh=1)
        _label_returns(axes.yaxis)
    axes.set(xlabel="game steps", ylabel=_words(metric))
    axes.grid(alpha=0.3)
    axes.autoscale_view()
    points = sum(len(curve.steps) for curves in runs.values() for curve in curves)
    # The best place is looked for among all points.
    where = "best" if points < _MANY_POINTS else "lower right"
    axes.legend(frameon=False, fontsize="small", loc=where)
    return _png(figure)


def profiles(thresholds: Array, shares: Mapping[str, Array]) -> bytes:
    """Return a PNG: per group the share of runs above each return."""
    figure, axes = _figure(3)
    for name, share in shares.items():
        axes.step(thresholds, share, where="post", label=_words(name))
    axes.set_xscale("symlog", linthresh=1)
    _label_returns(axes.xaxis)
    axes.set(xlabel="return", ylabel="share of runs above it", ylim=(-0.03, 1.03))
    axes.grid(alpha=0.3)
    axes.legend(frameon=False, fontsize="small")
    return _png(figure)


def _figure(height: float) -> tuple[Any, Any]:
    """Return a figure of so many inches, and its axes."""
    # Slow to load, and only needed here. The object interface needs no display.
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(8, height), layout="constrained", dpi=120)
    return figure, figure.add_subplot()


def _words(name: str) -> str:
    """Return a name as words: no formula, and none of those that a legend leaves out."""
    words = " ".join(name.split())[:_LONGEST_NAME].replace("$", r"\$")
    return f" {words}" if words.startswith("_") else words


def _label_returns(axis: Any) -> None:
    """Write plain numbers at 1, 2, 5 times the powers of ten: returns span from -300 to 0."""
    from matplotlib.ticker import SymmetricalLogLocator  # noqa: PLC0415

    locator = SymmetricalLogLocator(transform=axis.get_transform(), subs=(1, 2, 5))
    axis.set_major_locator(locator)
    axis.set_major_formatter("{x:g}")


def _png(figure: Any) -> bytes:
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


def save_curve(curve: Curve, name: str, metric: str, path: Path) -> None:
    """Write the picture of a single run."""
    alone = Band(curve.steps, curve.values, curve.values, curve.values, 1)
    path.write_bytes(learning_curves({name: alone}, {name: []}, metric))
