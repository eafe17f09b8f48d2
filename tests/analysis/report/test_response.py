"""The response: how the score answers to what a plan varies."""

from __future__ import annotations

from typing import Any

import pytest

from acd_plugin.analysis.curves.response_plot import response as draw_response
from acd_plugin.analysis.report.document import Picture, markdown
from acd_plugin.analysis.report.response import responses
from acd_plugin.analysis.report.scores import cells
from acd_plugin.analysis.runs.plan_names import PlanName, PlanNames, Swept
from tests.analysis.conftest import Make


def test_settings_are_listed_best_first_and_drawn_one_by_one(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    names, runs = PlanNames(), []
    for lr, bits, mean in ((0.001, 1, -5.0), (0.1, 1, -2.0), (0.1, 2, -3.0)):
        for seed in range(2):
            runs.append(make([-9.0, mean - seed], seed=seed, lr=lr, n_bits=bits))
        values = {"lr": lr, "n_bits": bits}
        name = PlanName(f"DIAL, lr={lr}, n_bits={bits}", "small")
        names.add(runs[-1].config, name, Swept("DIAL", "small", values))
    drawn: list[Any] = []

    def draw(points: Any, key: str) -> Any:
        drawn.append((key, points))
        return draw_response(points, key)

    monkeypatch.setattr("acd_plugin.analysis.report.response.response", draw)
    (section,) = responses(cells(runs)[0], names)
    text = markdown("A test", [section])
    rows = ["0.1 | 1 | 2 | -2.50 | 0.71", "0.1 | 2 | 2 | -3.50 | 0.71", "0.001 | 1 | 2 | -5.50"]
    assert "| lr | n_bits | runs | mean | sd over runs |" in text
    assert [text.index(row) for row in rows] == sorted(text.index(row) for row in rows)
    assert [key for key, _ in drawn] == ["lr", "n_bits"]
    assert drawn[1][1] == [(1, -5.0), (1, -6.0), (1, -2.0), (1, -3.0), (2, -3.0), (2, -4.0)]
    pictures = [block.name for block in section.blocks if isinstance(block, Picture)]
    assert pictures == ["response_lr_DIAL_on_small", "response_n_bits_DIAL_on_small"]


def test_values_that_are_no_numbers_stand_side_by_side() -> None:
    (axes,) = draw_response([("sau", -1.0), ("free", -2.0), (None, -3.0)], "mode").figure.axes
    assert [text.get_text() for text in axes.get_xticklabels()] == ["sau", "free", "None"]


def test_numbers_are_labelled_and_the_axis_says_what_they_are() -> None:
    (axes,) = draw_response([(1e-4, -1.0), (5e-4, -3.0), (1e-2, -2.0)], "lr").figure.axes
    assert axes.get_xscale() == "log"
    assert axes.get_xlabel() == "Learning rate (lr)"
    assert [text.get_text() for text in axes.get_xticklabels()] == ["0.0001", "0.0005", "0.01"]
    close = [(32 + number, -1.0) for number in range(9)]
    (axes,) = draw_response([*close, (3000, -1.0)], "hidden_dim").figure.axes
    drawn = [text.get_text() for text in axes.get_xticklabels()]
    assert {"50", "100", "1000"} <= set(drawn)  # not all ten, which would overlap


def test_without_a_sweep_there_is_no_response(make: Make) -> None:
    assert responses(cells([make([-9.0, -1.0])])[0], PlanNames()) == []
