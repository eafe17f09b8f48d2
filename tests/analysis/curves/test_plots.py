"""Pictures: one look for a group everywhere, words on axes, and files that papers take."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from acd_plugin.analysis.curves.axis_words import in_words, unit_of_steps
from acd_plugin.analysis.curves.drawing import FORMATS, Drawing, Styles
from acd_plugin.analysis.curves.learning_curve import Band
from acd_plugin.analysis.curves.plots import learning_curves, profiles

STEPS = np.array([0.0, 5e5, 3e6])


def curves(groups: list[str], styles: Styles | None = None) -> Drawing:
    values = np.array([-9.0, -2.0, -1.0])
    bands = {group: Band(STEPS, values, values, values, 1) for group in groups}
    return learning_curves(bands, {group: [] for group in groups}, "test_return_mean", styles)


def look(drawing: Drawing) -> dict[str, tuple[Any, Any]]:
    """Colour and line of each entry of the legend, in its order."""
    (legend,) = drawing.figure.legends
    return {
        text.get_text().split(" (")[0]: (line.get_color(), line.get_linestyle())
        for text, line in zip(legend.get_texts(), legend.get_lines(), strict=True)
    }


def test_a_group_looks_the_same_in_all_pictures_in_one_order() -> None:
    groups = [f"group {number}" for number in range(9)]
    styles = Styles(groups)
    whole = look(curves(groups, styles))
    assert list(whole) == groups
    assert len(set(whole.values())) == len(groups)  # more than there are colours
    some = look(curves([groups[8], groups[2]], styles))
    assert list(some.items()) == [(group, whole[group]) for group in (groups[2], groups[8])]
    shares = {groups[8]: np.array([1.0, 0.0]), groups[1]: np.array([1.0, 0.0])}
    reached = look(profiles(np.array([-1.0, 0.0]), shares, styles))
    assert list(reached.items()) == [(group, whole[group]) for group in (groups[1], groups[8])]


def test_axes_speak_in_words_with_units() -> None:
    (axes,) = curves(["a"]).figure.axes
    assert axes.get_xlabel() == "Training (million game steps)"
    assert axes.lines[0].get_xdata().tolist() == [0.0, 0.5, 3.0]
    assert axes.get_ylabel() == "Mean return per greedy test game"
    assert unit_of_steps(1500) == (1.0, "game steps")
    assert in_words("cost_remove_analyse_mean") == "Cost of remove and analyse per training game"
    assert in_words("my_own") == "my_own"


def test_of_many_groups_the_best_are_told_apart_and_the_legend_has_room() -> None:
    bands = {}
    for number in range(30):
        values = np.array([-90.0, -50.0, -1.0 - number])
        bands[f"group {number}"] = Band(STEPS, values, values, values, 1)
    drawing = learning_curves(bands, {group: [] for group in bands}, "test_return_mean")
    told = [name for name in look(drawing) if name.startswith("group")]
    assert told == [f"group {number}" for number in range(14)]
    assert "16 other groups, which end lower" in look(drawing)
    (axes,), (legend,) = drawing.figure.axes, drawing.figure.legends
    assert not axes.get_window_extent().overlaps(legend.get_window_extent())


@pytest.mark.parametrize(
    ("values", "scale"),
    [([-200.0, -5.0], "symlog"), ([-9.0, -2.0], "linear"), ([-140.0, -50.0], "linear")],
)
def test_returns_have_ticks_enough_to_be_read(values: list[float], scale: str) -> None:
    curve = np.array(values)
    drawing = learning_curves(
        {"a": Band(STEPS[:2], curve, curve, curve, 1)}, {"a": []}, "return_mean"
    )
    (axes,) = drawing.figure.axes
    low, high = axes.get_ylim()
    assert axes.get_yscale() == scale
    assert axes.get_ylabel().endswith(" (logarithmic)") == (scale == "symlog")
    assert len([tick for tick in axes.get_yticks() if low <= tick <= high]) >= 4


@pytest.mark.parametrize("kind", FORMATS)
def test_the_same_picture_gives_the_same_bytes(kind: str) -> None:
    first, second = (curves(["a", "b"]).saved(kind) for _ in range(2))
    assert first == second
    assert first.startswith({"png": b"\x89PNG", "pdf": b"%PDF", "svg": b"<?xml"}[kind])
    assert b"/Type3" not in first  # fonts that journals refuse


def test_a_single_point_can_be_seen() -> None:
    one = np.array([-9.0])
    drawing = learning_curves({"a": Band(one, one, one, one, 1)}, {"a": []}, "test_return_mean")
    (line,) = drawing.figure.axes[0].lines
    assert line.get_marker() == "o"
