"""Pictures of learning curves and scores, for a screen and for a paper."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from acd_plugin.analysis.curves.axes import scale_returns
from acd_plugin.analysis.curves.axis_words import in_words, unit_of_steps
from acd_plugin.analysis.curves.drawing import Drawing, Styles, empty, finished, words
from acd_plugin.analysis.curves.learning_curve import Band, Curve
from acd_plugin.analysis.statistics import Array

_MOST_GROUPS = 14  # that can be told apart; of more the best are drawn in colours
_GREY = "#999999"
_Lines = Sequence[Array]  # points (P, 2) of each


def learning_curves(
    bands: Mapping[str, Band],
    runs: Mapping[str, Sequence[Curve]],
    metric: str,
    styles: Styles | None = None,
) -> Drawing:
    """Draw for each group its centre, its band, and thinly every run."""
    from matplotlib.collections import LineCollection  # noqa: PLC0415

    styles = styles or Styles(list(bands))
    figure, axes = empty(4.5)
    last_steps = [float(band.steps[-1]) for band in bands.values() if len(band.steps)]
    scale, unit = unit_of_steps(max(last_steps, default=1.0))
    shown = _told_apart({name: _end(band) for name, band in bands.items()})
    _draw_others(
        axes,
        [(bands[name].steps / scale, bands[name].centre) for name in bands if name not in shown],
    )
    of_runs: list[tuple[Any, _Lines]] = []
    for name in styles.in_order(shown):
        band = bands[name]
        style: Any = styles.of(name)
        # All at once: there may be hundreds.
        lines = [np.column_stack([curve.steps / scale, curve.values]) for curve in runs[name]]
        thin = LineCollection(lines, linewidths=0.6, alpha=0.35, **style)
        axes.add_collection(thin)
        of_runs.append((thin, lines))
        label = f"{words(name)} ({band.runs} run{'s' if band.runs > 1 else ''})"
        steps = band.steps / scale
        marker = "o" if len(steps) == 1 else ""  # a line of one point cannot be seen
        axes.plot(steps, band.centre, linewidth=1.8, marker=marker, label=label, **style)
        axes.fill_between(steps, band.low, band.high, color=style["color"], alpha=0.2, linewidth=0)
    axes.autoscale_view()
    axes.set(xlabel=f"Training ({unit})", ylabel=words(in_words(metric)))
    if metric.endswith("return_mean"):
        scale_returns(axes, axes.yaxis, in_words(metric))
    for drawn, points in of_runs:
        _scale_once(axes, drawn, points)
    return finished(figure, axes, [drawn for drawn, _ in of_runs])


def _scale_once(axes: Any, drawn: Any, lines: _Lines) -> None:
    """Bring lines to the scales of their axes now, and not again for each file of a picture."""
    if lines:
        ends = np.cumsum([len(line) for line in lines])[:-1]
        drawn.set_segments(np.split(axes.transScale.transform(np.concatenate(lines)), ends))
        drawn.set_transform(axes.transLimits + axes.transAxes)


def profiles(thresholds: Array, shares: Mapping[str, Array], styles: Styles) -> Drawing:
    """Draw for each group the share of runs above each return, as far as there are runs."""
    figure, axes = empty(3.2)
    end = 2 + max(int(np.flatnonzero(share)[-1]) for share in shares.values())
    thresholds, shares = thresholds[:end], {name: share[:end] for name, share in shares.items()}
    shown = _told_apart({name: float(share.mean()) for name, share in shares.items()})
    _draw_others(axes, [(thresholds, shares[name]) for name in shares if name not in shown])
    for name in styles.in_order(shown):
        axes.step(thresholds, shares[name], where="post", label=words(name), **styles.of(name))
    scale_returns(axes, axes.xaxis, "Mean return per greedy game of a run's last policy")
    axes.set(ylabel="Share of runs above it", ylim=(-0.03, 1.03))
    return finished(figure, axes)


def _told_apart(ends: Mapping[str, float]) -> dict[str, float]:
    """Return the groups that are drawn in colours: all, or the best."""
    best = sorted(ends, key=ends.__getitem__, reverse=True)[:_MOST_GROUPS]
    return {name: end for name, end in ends.items() if name in best}


def _draw_others(axes: Any, lines: Sequence[tuple[Array, Array]]) -> None:
    label = f"{len(lines)} other groups, which end lower"
    for number, (across, up) in enumerate(lines):
        own = None if number else label
        marker = "." if len(across) == 1 else ""
        axes.plot(across, up, color=_GREY, linewidth=0.7, marker=marker, alpha=0.6, label=own)


def _end(band: Band) -> float:
    return float(band.centre[-1]) if len(band.centre) else -math.inf


def save_curve(curve: Curve, name: str, metric: str, path: Path) -> None:
    """Write the picture of a single run."""
    alone = Band(curve.steps, curve.values, curve.values, curve.values, 1)
    path.write_bytes(learning_curves({name: alone}, {name: []}, metric).saved("png"))
