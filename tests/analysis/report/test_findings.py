"""The first section and what goes into a paper: only what tests say, and all that lacks."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from acd_plugin.analysis.ranking import Ranking, ranking
from acd_plugin.analysis.report.document import Text
from acd_plugin.analysis.report.findings import findings, is_settled
from acd_plugin.analysis.report.latex import escaped, latex_table
from acd_plugin.analysis.report.marl_eval import marl_eval_json
from acd_plugin.analysis.report.scores import Cell, cells
from acd_plugin.analysis.runs.run_record import RunRecord
from tests.analysis.conftest import Make

Inside = dict[str, list[Cell]]


def inside_of(runs: Sequence[RunRecord]) -> tuple[Inside, dict[str, Ranking[Cell]]]:
    inside: Inside = {}
    for cell in cells(runs)[0]:
        inside.setdefault(cell.environment, []).append(cell)
    return inside, {
        environment: ranking(found, lambda cell: cell.means)
        for environment, found in inside.items()
    }


@pytest.fixture
def runs(make: Make) -> list[RunRecord]:
    """DIAL far ahead of QMIX and level with VDN; IQL once; QMIX alone in a second game."""
    made = [make([-9.0, -1.0 - seed / 10], seed=seed) for seed in range(4)]
    made += [make([-9.0, -5.0 - seed / 10], seed=seed, name="qmix") for seed in range(4)]
    made += [make([-9.0, -1.1 - seed / 10], seed=seed, name="vdn") for seed in range(3)]
    made.append(make([-9.0, -0.5], name="iql"))
    large = {"scenario": "large", "detection_rate": 0.5}
    return [*made, *(make([-9.0, -7.0], seed=s, name="qmix", env_args=large) for s in range(2))]


def test_sentences_say_who_is_ahead_how_sure_and_what_lacks(runs: list[RunRecord]) -> None:
    inside, rankings = inside_of(runs)
    section = findings(inside, rankings, ["run 99: left out"])
    whole, small, large, _ = [block.words for block in section.blocks if isinstance(block, Text)]
    assert "14 runs of 4 groups in 2 environments." in whole
    assert "Not run in all environments: dial (in 1 of 2), vdn (in 1 of 2)" in whole
    assert "14 runs not evaluated" in whole
    assert "1 recorded run left out" in whole
    assert small.startswith("small: the highest mean return of several runs is that of dial (-1.15")
    assert "It is ahead of these: qmix (-5.15, 4.00 behind, p = 0.029)." in small
    assert "Not told apart from it: vdn (-1.20, 0.05 behind, p = " in small
    assert "Single runs, which cannot be tested: iql (-0.50, 0.65 above)." in small
    assert "Fewer runs than the 4 of others: vdn (3), iql (1)." in small
    assert large == (
        "large: only qmix (-7.00, 2 runs) was run. Too few tests to see whether it has settled: "
        "qmix."
    )


def test_what_still_changes_has_not_settled(make: Make) -> None:
    flat = [-9.0, -9.0, -9.0, -2.0, -2.0]
    rising = [-9.0, -9.0, -9.0, -3.0, -2.5]
    for name, values, settled in (("dial", flat, True), ("qmix", rising, False)):
        (cell,), _ = cells([make(values, seed=seed, name=name) for seed in range(3)])
        assert is_settled(cell) is settled
    late = [flat, flat, [-9.0, -9.0, -9.0, -8.0, -2.0]]  # one run has only just found out
    (cell,), _ = cells([make(values, seed=s, name="vdn") for s, values in enumerate(late)])
    assert not is_settled(cell)


def test_a_table_for_latex_marks_who_is_ahead_of_all(runs: list[RunRecord]) -> None:
    assert "mathbf" not in latex_table("scores_mean_sd", *inside_of(runs))
    two = [run for run in runs if run.algorithm in ("dial", "qmix")]
    table = latex_table("scores_mean_sd", *inside_of(two))
    assert "\\toprule\n & small & large \\\\\n\\midrule" in table
    assert "dial & $\\mathbf{-1.15 \\pm 0.13}$ &  \\\\" in table
    assert "qmix & $-5.15 \\pm 0.13$ & $-7.00 \\pm 0.00$ \\\\" in table
    assert "(2--4 runs each)" in table
    interval = latex_table("scores_iqm", *inside_of(two))
    assert "dial & $\\mathbf{-1.15\\ [-1.30, -1.00]}$" in interval
    assert table.count("{") == table.count("}")
    assert escaped("50% & a_b [x]") == "50\\% \\& a\\_b {[}x]"


def test_marl_eval_gets_a_full_table(runs: list[RunRecord]) -> None:
    tree = json.loads(marl_eval_json(inside_of(runs)[0]))
    assert list(tree) == ["small", "large"]  # with other groups: environments of their own
    groups = tree["small"]["small"]
    assert {group: list(found) for group, found in groups.items()} == {
        group: ["run_1"] for group in ("dial", "iql", "qmix", "vdn")
    }
    assert groups["dial"]["run_1"] == {
        "step_1": {"step_count": 0, "return": [-9.0]},
        "step_2": {"step_count": 100, "return": [-1.0]},
        "absolute_metrics": {"return": [-1.0]},  # the last, where marl-eval looks for it
    }
    alike = json.loads(marl_eval_json(inside_of([r for r in runs if r.algorithm == "qmix"])[0]))
    assert list(alike) == ["all"]
    assert {task: list(found["qmix"]) for task, found in alike["all"].items()} == {
        task: ["run_1", "run_2"] for task in ("small", "large")
    }
