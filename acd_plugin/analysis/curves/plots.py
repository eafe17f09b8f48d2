"""Pictures of learning curves and scores, for a screen and for a paper."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from acd_plugin.analysis.curves.axis_words import in_words, unit_of_steps
from acd_plugin.analysis.curves.learning_curve import Band, Curve
from acd_plugin.analysis.statistics import Array

FORMATS = ("png", "pdf", "svg")
# Okabe and Ito (2008), which people with any kind of colour vision tell apart; less the yellow,
# which white paper swallows.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_LONGEST_NAME = 120  # letters
_LOG_FROM = 20  # values that span more are drawn on a logarithmic axis
_LINES = ("-", "--", ":", "-.")
_SAVED: Any = {
    "pdf.fonttype": 42,  # TrueType: journals refuse Type 3
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "acd_plugin",  # the same picture gives the same bytes
}
# Without the time, so that the same runs give the same bytes.
_METADATA: dict[str, dict[str, None]] = {"pdf": {"CreationDate": None}, "svg": {"Date": None}}


class Drawing(NamedTuple):
    """A picture that can be written in any of `FORMATS`."""

    figure: Any

    def saved(self, kind: str) -> bytes:
        """Return the content of a file of this kind."""
        from matplotlib import rc_context  # noqa: PLC0415

        content = io.BytesIO()
        with rc_context(_SAVED):
            self.figure.savefig(content, format=kind, metadata=_METADATA.get(kind))
        return content.getvalue()

    def files(self) -> dict[str, bytes]:
        """Return the contents of the files of all kinds."""
        return {kind: self.saved(kind) for kind in FORMATS}


class Styles:
    """The look of each group: the same, and in the same order, in all pictures."""

    def __init__(self, groups: Sequence[str]) -> None:
        self._places = {group: place for place, group in enumerate(dict.fromkeys(groups))}

    def in_order(self, groups: Mapping[str, object]) -> list[str]:
        """Return these groups as legends list them."""
        return sorted(groups, key=lambda group: self._places[group])

    def of(self, group: str) -> dict[str, str]:
        """Return colour and line of a group."""
        place = self._places[group]
        line = _LINES[place // len(_COLOURS) % len(_LINES)]
        return {"color": _COLOURS[place % len(_COLOURS)], "linestyle": line}


def learning_curves(
    bands: Mapping[str, Band],
    runs: Mapping[str, Sequence[Curve]],
    metric: str,
    styles: Styles | None = None,
) -> Drawing:
    """Draw for each group its centre, its band, and thinly every run."""
    from matplotlib.collections import LineCollection  # noqa: PLC0415

    styles = styles or Styles(list(bands))
    figure, axes = _empty(4.5)
    last_steps = [float(band.steps[-1]) for band in bands.values() if len(band.steps)]
    scale, unit = unit_of_steps(max(last_steps, default=1.0))
    for name in styles.in_order(bands):
        band = bands[name]
        style: Any = styles.of(name)
        # All at once: there may be hundreds.
        thin = [np.column_stack([curve.steps / scale, curve.values]) for curve in runs[name]]
        axes.add_collection(LineCollection(thin, linewidths=0.6, alpha=0.35, **style))
        label = f"{_words(name)} ({band.runs} run{'s' if band.runs > 1 else ''})"
        steps = band.steps / scale
        axes.plot(steps, band.centre, linewidth=1.8, label=label, **style)
        axes.fill_between(steps, band.low, band.high, color=style["color"], alpha=0.2, linewidth=0)
    if metric.endswith("return_mean"):
        axes.set_yscale("symlog", linthresh=1)
        _label_returns(axes.yaxis)
    axes.set(xlabel=f"Training ({unit})", ylabel=_words(in_words(metric)))
    axes.autoscale_view()
    return _finished(figure, axes)


def profiles(thresholds: Array, shares: Mapping[str, Array], styles: Styles) -> Drawing:
    """Draw for each group the share of runs above each return."""
    figure, axes = _empty(3.2)
    for name in styles.in_order(shares):
        axes.step(thresholds, shares[name], where="post", label=_words(name), **styles.of(name))
    axes.set_xscale("symlog", linthresh=1)
    _label_returns(axes.xaxis)
    axes.set(xlabel="Mean return per greedy game of a run's last policy")
    axes.set(ylabel="Share of runs above it", ylim=(-0.03, 1.03))
    return _finished(figure, axes)


def response(points: Sequence[tuple[object, float]], setting: str) -> Drawing:
    """Draw scores over the values of a setting, and the mean at each value."""
    figure, axes = _empty(3.2)
    at: dict[Any, list[float]] = {}
    for value, score in points:
        at.setdefault(value if _is_number(value) else str(value), []).append(score)
    places = sorted(at) if all(map(_is_number, at)) else list(at)
    for place in places:
        axes.plot([place] * len(at[place]), at[place], "o", color=_COLOURS[0], alpha=0.5)
    means = [sum(at[place]) / len(at[place]) for place in places]
    axes.plot(places, means, color=_COLOURS[1], label="mean")
    if _is_number(places[0]) and _is_number(places[-1]) and places[-1] > _LOG_FROM * places[0] > 0:
        axes.set_xscale("log")
    axes.set_yscale("symlog", linthresh=1)
    _label_returns(axes.yaxis)
    axes.set(xlabel=setting, ylabel="Mean return per greedy game")
    return _finished(figure, axes)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _empty(height: float) -> tuple[Any, Any]:
    # Slow to load, and only needed here. The object interface needs no display.
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(8, height), layout="constrained", dpi=120)
    return figure, figure.add_subplot()


def _finished(figure: Any, axes: Any) -> Drawing:
    """Give a picture its grid and, below it where it hides nothing, its legend."""
    axes.grid(alpha=0.3)
    handles, names = axes.get_legend_handles_labels()
    longest = max(map(len, names))
    columns = max(1, min(len(names), 110 // (longest + 8)))
    figure.legend(
        handles,
        names,
        loc="outside lower center",
        ncols=columns,
        frameon=False,
        fontsize="small",
    )
    figure.draw_without_rendering()
    figure.set_layout_engine(None)  # it has its place now: files are not drawn twice to find it
    return Drawing(figure)


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


def save_curve(curve: Curve, name: str, metric: str, path: Path) -> None:
    """Write the picture of a single run."""
    alone = Band(curve.steps, curve.values, curve.values, curve.values, 1)
    path.write_bytes(learning_curves({name: alone}, {name: []}, metric).saved("png"))
