"""A picture of how the score answers to one setting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from acd_plugin.analysis.curves.axes import name_places, scale_numbers, scale_returns
from acd_plugin.analysis.curves.axis_words import setting_in_words
from acd_plugin.analysis.curves.drawing import COLOURS, Drawing, empty, finished, words


def response(points: Sequence[tuple[object, float]], setting: str) -> Drawing:
    """Draw scores over the values of a setting, and the mean at each value.

    Values that are no numbers stand side by side, and no line joins them.
    """
    figure, axes = empty(3.2)
    at: dict[Any, list[float]] = {}
    for value, score in points:
        at.setdefault(value if _is_number(value) else words(str(value)), []).append(score)
    are_numbers = all(map(_is_number, at))
    values = sorted(at) if are_numbers else list(at)
    places = values if are_numbers else list(range(len(values)))
    for place, value in zip(places, values, strict=True):
        label = "a run" if place == places[0] else None
        scores = at[value]
        axes.plot([place] * len(scores), scores, "o", color=COLOURS[0], alpha=0.5, label=label)
    means = [sum(at[value]) / len(at[value]) for value in values]
    look = "D-" if are_numbers else "D"
    axes.plot(places, means, look, color=COLOURS[1], markersize=4, label="mean")
    if are_numbers:
        scale_numbers(axes, places)
    else:
        name_places(axes, values)
    scale_returns(axes, axes.yaxis, "Mean return per greedy game")
    axes.set(xlabel=words(setting_in_words(setting)))
    return finished(figure, axes)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
