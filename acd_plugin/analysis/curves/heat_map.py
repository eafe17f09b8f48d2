"""A table of returns as a picture: a colour and a number for each cell."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import Any

import numpy as np

from acd_plugin.analysis.curves.drawing import Drawing, placed, words
from acd_plugin.analysis.statistics import Array

# Of one hue order for all kinds of colour vision, and in grey (Nunez et al. 2018).
_COLOURS = "cividis"
_LINEAR = 1.0  # returns nearer to 0 are not drawn on the logarithmic scale of the others
_LARGEST = 40  # columns or rows: in more no number could be read
_LETTERS = 34  # of a label, in a line
_BRIGHT = 0.5  # from here on letters on a colour are black


def heat_map(
    values: Array, rows: Sequence[str], columns: Sequence[str], marked: Sequence[tuple[int, int]]
) -> Drawing:
    """Draw values (rows, columns), nan where there is none; ``marked`` cells get a frame."""
    from matplotlib.colors import SymLogNorm  # noqa: PLC0415 - slow to load
    from matplotlib.figure import Figure  # noqa: PLC0415

    known = values[np.isfinite(values)]
    low, high = float(known.min()), float(known.max())
    norm = SymLogNorm(_LINEAR, vmin=low, vmax=high if high > low else low + 1.0)
    labels = [_wrapped(name) for name in columns]
    lines = max(label.count("\n") + 1 for label in labels)
    letters = max(len(line) for label in labels for line in label.split("\n"))
    # Lines of one label, aslant, would run into the next one.
    turn, below = (35, 2.0) if lines == 1 else (90, 0.9 + 0.09 * letters)
    width, height = max(0.75, 0.2 * lines) * len(columns), 0.5 * len(rows)
    size = (min(24.0, 3.6 + width), min(24.0, below + height))
    figure = Figure(figsize=size, layout="constrained", dpi=120)
    axes: Any = figure.add_subplot()
    axes.set_facecolor("0.9")  # of what was not played
    image = axes.imshow(np.ma.masked_invalid(values), cmap=_COLOURS, norm=norm, aspect="auto")
    axes.set_xticks(range(len(columns)), labels, rotation=turn)
    axes.set_yticks(range(len(rows)), [_wrapped(name) for name in rows])
    for label in axes.get_xticklabels():
        label.set(horizontalalignment="right", rotation_mode="anchor")
        if lines > 1:
            label.set(verticalalignment="center")
    axes.set(xlabel="Played (framed: in training)", ylabel="Trained")
    axes.tick_params(length=0)
    if max(values.shape) <= _LARGEST:
        _write(axes, values, image)
    for row, column in marked:
        _frame(axes, row, column)
    bar = figure.colorbar(image, ax=axes, format="{x:g}", ticks=_ticks(low, high))
    bar.set_label("IQM of the return\n(logarithmic)")  # in two lines: the picture may be low
    return placed(figure)


def _write(axes: Any, values: Array, image: Any) -> None:
    """Write the numbers, in the colour that can be read on theirs."""
    for (row, column), value in np.ndenumerate(values):
        if np.isfinite(value):
            red, green, blue, _ = image.cmap(image.norm(value))
            is_bright = 0.299 * red + 0.587 * green + 0.114 * blue > _BRIGHT
            ink = "black" if is_bright else "white"
            axes.text(
                column, row, f"{value:.1f}", ha="center", va="center", color=ink, size="small"
            )


def _frame(axes: Any, row: int, column: int) -> None:
    from matplotlib.patches import Rectangle  # noqa: PLC0415 - slow to load

    place = (column - 0.46, row - 0.46)
    axes.add_patch(Rectangle(place, 0.92, 0.92, fill=False, edgecolor="#D55E00", linewidth=2))


def _ticks(low: float, high: float) -> list[float]:
    """Return 1, 2, 5 times the powers of ten between two returns, both signs, and 0."""
    sizes = [step * 10.0**power for power in range(7) for step in (1, 2, 5)]
    return [tick for size in sizes for tick in (-size, size) if low <= tick <= high] + [0.0]


def _wrapped(name: str) -> str:
    """Return a name in short lines, which may also break in a mixture, and without formulas."""
    return fill(words(name).replace("+", "+ "), _LETTERS).replace("+ ", "+")
