"""A comparison's table, picture and page."""

from __future__ import annotations

import io

import matplotlib.image
import pytest

from acd_plugin.analysis.curves.comparison import compare
from acd_plugin.analysis.report.comparison_page import page
from acd_plugin.analysis.report.latex import comparison_table
from acd_plugin.analysis.runs.plan_names import PlanName, PlanNames
from acd_plugin.errors import UserError
from tests.analysis.conftest import Make

METRIC = "test_return_mean"


def test_the_table_has_the_ends_of_the_groups(make: Make) -> None:
    runs = [make([-9.0, -2.0]), make([-8.0, -4.0], seed=1), make([-5.0, -1.0], name="qmix")]
    found = compare(runs, METRIC)
    assert found.rows() == [
        ["group", "runs", "steps", "mean at the end", "95% interval", "each run"],
        ["dial", "2", "100", "-3.00", "-4.00 to -2.00", "-2.00, -4.00"],
        ["qmix", "1", "100", "-1.00", "-1.00 to -1.00", "-1.00"],
    ]
    picture = found.picture().saved("png")
    assert matplotlib.image.imread(io.BytesIO(picture)).shape == (540, 960, 4)


def test_runs_of_different_games_are_told_apart_and_none_is_best(make: Make) -> None:
    games = [{"scenario": "small", "detection_rate": rate} for rate in (0.5, 0.9)]
    runs = [
        make([-9.0, 10.0 * number - seed], seed=seed, env_args=game)
        for number, game in enumerate(games)
        for seed in range(5)
    ]
    found = compare(runs, METRIC)
    (caution,) = found.cautions
    assert "different games (not alike: env_args.detection_rate)" in caution
    assert found.best() is None
    assert "Note: these runs played different games" in page(found)
    assert compare(runs[:5], METRIC).cautions == []


def test_runs_without_a_curve_are_left_out_and_named(make: Make) -> None:
    found = compare([make([-1.0, -2.0]), make(seed=1)], METRIC)
    assert found.groups[0].band.runs == 1
    (problem,) = found.problems
    assert "results/2: has no metric 'test_return_mean'" in problem
    with pytest.raises(UserError, match="has no metric"):
        compare([make()], METRIC)


def test_runs_of_other_lengths_are_other_groups_and_a_seed_counts_once(make: Make) -> None:
    runs = [make([-9.0, -2.0], seed=seed, t_max=100) for seed in (0, 1, 1)]
    runs.append(make([-9.0, -2.0, -1.0], t_max=200))
    found = compare([*runs, make([-9.0, -8.0, -7.0], t_max=200, name="qmix")], METRIC)
    assert [[row[0], row[2], row[-1]] for row in found.rows()[1:]] == [
        ["dial, t_max=100", "100", "-2.00, -2.00"],
        ["dial, t_max=200", "200", "-1.00"],
        ["qmix, t_max=200", "200", "-7.00"],
    ]
    assert found.problems == ["run 3 repeats run 2"]
    (caution,) = found.cautions
    assert "different lengths (t_max=100; t_max=200)" in caution
    assert found.best() is None


def test_the_values_of_runs_are_told_at_the_step_of_their_mean(make: Make) -> None:
    found = compare([make([-9.0, -2.0]), make([-9.0, -4.0, -5.0], every=80, seed=1)], METRIC)
    _, row = found.rows()
    assert row == ["dial", "2", "100", "-3.12", "-4.25 to -2.00", "-2.00, -4.25"]


def test_unfinished_runs_are_left_out_and_named_or_refused(make: Make) -> None:
    running = make([-9.0], status="RUNNING", seed=1)
    found = compare([make([-9.0, -2.0]), running], METRIC)
    assert [group.band.runs for group in found.groups] == [1]
    assert found.problems == ["run 1 is RUNNING"]
    with pytest.raises(UserError, match="no finished runs to compare: run 1 is RUNNING"):
        compare([running], METRIC)


def test_unfinished_runs_are_compared_where_they_are_asked_for(make: Make) -> None:
    stopped = [make([-9.0, -2.0, -4.0][: 3 - seed], status="KILLED", seed=seed) for seed in (0, 1)]
    found = compare([*stopped, make([-9.0, -8.0], seed=2)], METRIC, statuses=["KILLED"])
    assert found.problems == ["run 3 is COMPLETED"]
    (caution,) = found.cautions
    assert "2 of these runs did not come to the end" in caution
    assert found.rows()[1][:4] == ["dial", "2", "100", "-2.00"]  # where the shorter one ends
    assert found.best() is None


def test_runs_that_never_meet_cannot_be_compared(make: Make) -> None:
    early, late = make([-1.0, -2.0]), make([-1.0] * 9, seed=1)
    lines = late.folder.metrics.read_text().splitlines(keepends=True)
    late.folder.metrics.write_text("".join(lines[5:]))
    with pytest.raises(UserError, match="the runs 1, 2 of 'dial' have no steps in common"):
        compare([early, late], METRIC)


def test_the_page_needs_nothing_else_and_shows_text_as_text(make: Make) -> None:
    runs = [make([-9.0, -2.0], lr=0.1), make([-8.0, -4.0], lr="<b>")]
    html = page(compare(runs, METRIC))
    assert "data:image/png;base64," in html
    assert "http" not in html
    assert "<td>&lt;b&gt;</td>" in html
    assert "<b>" not in html
    assert "python main.py --config=dial" in html
    assert "<td>env_args.scenario</td><td>small</td>" in html


def test_groups_have_the_names_of_the_plan(make: Make) -> None:
    names = PlanNames()
    runs = [make([-1.0, -2.0]), make([-1.0, -2.0], lr=0.5), make([-1.0, -2.0], name="qmix")]
    names.add(runs[0].config, PlanName("talks", "a small one"))
    names.add(runs[1].config, PlanName("talks", "a small one"))
    found = compare(runs, METRIC, names=names)
    assert [group.name for group in found.groups] == ["talks, lr=0.1", "talks, lr=0.5", "qmix"]


def test_the_best_is_marked_only_where_a_test_says_so(make: Make) -> None:
    few = [make([-9.0, -5.0 - seed], seed=seed) for seed in range(3)]
    few += [make([-9.0, -1.0 - seed / 10], seed=seed, name="qmix") for seed in range(3)]
    assert compare(few, METRIC).best() is None  # p = 0.1 at the least
    more = [make([-9.0, -8.0], seed=3), make([-9.0, -1.5], seed=3, name="qmix")]
    found = compare([*few, *more], METRIC)
    assert found.best() == "qmix"
    table = comparison_table(found)
    assert "qmix & 4 & 100 & $\\mathbf{-1.20}$ & $[-1.40, -1.05]$ \\\\" in table
    assert table.count("mathbf") == 1
    assert "Bold: ahead" in table
