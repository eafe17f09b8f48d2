"""Pictures of learning curves."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from acd_plugin.analysis.curves.learning_curve import Band, Curve
from acd_plugin.analysis.statistics import Array

_COLOURS = 10  # of matplotlib's default cycle


def learning_curves(
    bands: Mapping[str, Band], runs: Mapping[str, Sequence[Curve]], metric: str
) -> bytes:
    """Return a PNG: per group its centre, its band, and thinly every run."""
    # Slow to load, and only needed here. The object interface needs no display.
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(8, 4.5), layout="constrained", dpi=120)
    axes: Any = figure.add_subplot()
    for number, (name, band) in enumerate(bands.items()):
        colour, line = f"C{number % _COLOURS}", ("-", "--", ":")[number // _COLOURS % 3]
        for curve in runs[name]:
            axes.plot(*curve, color=colour, linewidth=0.6, alpha=0.35)
        label = f"{name} ({band.runs} run{'s' if band.runs > 1 else ''})"
        axes.plot(band.steps, band.centre, line, color=colour, linewidth=1.8, label=label)
        axes.fill_between(band.steps, band.low, band.high, color=colour, alpha=0.2, linewidth=0)
    if metric.endswith("return_mean"):
        axes.set_yscale("symlog", linthresh=1)
        _label_returns(axes.yaxis)
    axes.set(xlabel="game steps", ylabel=metric)
    axes.grid(alpha=0.3)
    axes.legend(frameon=False, fontsize="small")
    return _png(figure)


def profiles(thresholds: Array, shares: Mapping[str, Array]) -> bytes:
    """Return a PNG: per group the share of runs above each return."""
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(8, 3), layout="constrained", dpi=120)
    axes: Any = figure.add_subplot()
    for name, share in shares.items():
        axes.step(thresholds, share, where="post", label=name)
    axes.set_xscale("symlog", linthresh=1)
    _label_returns(axes.xaxis)
    axes.set(xlabel="return", ylabel="share of runs above it", ylim=(-0.03, 1.03))
    axes.grid(alpha=0.3)
    axes.legend(frameon=False, fontsize="small")
    return _png(figure)


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
