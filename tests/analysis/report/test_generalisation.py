"""Train x test: what is compared with what, and numbers that can be checked by hand."""

from __future__ import annotations

import csv
import io
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from acd_plugin.analysis.curves import heat_map
from acd_plugin.analysis.report.document import Picture, markdown
from acd_plugin.analysis.report.generalisation import Matrix, matrices
from acd_plugin.analysis.report.generalisation_section import (
    generalisation,
    generalisation_findings,
    sentences,
)
from acd_plugin.analysis.report.report import make_report
from acd_plugin.analysis.report.scores import cells
from acd_plugin.analysis.runs.run_record import RunRecord
from tests.analysis.conftest import Make
from tests.analysis.report.test_report import evaluate

RULES = {"rules": "1", "scenario": "content of small"}
ATTACKERS = ("paper", "direct", "random")
# Returns of seeds 0, 1 and 2 against each attacker.
DIAL = {"paper": (-1.0, -2.0, -3.0), "direct": (-5.0, -5.0, -8.0), "random": (-1.5, -2.5, -2.0)}
MIXED = {"paper": (-2.0, -2.5), "direct": (-3.0, -4.5), "random": (-2.0, -2.5)}
OWN_GAME = (-2.5, -3.5)  # of the mixture


def trained_on(attacker: str) -> dict[str, Any]:
    return {"scenario": "small", "detection_rate": 0.5, "attacker": attacker}


def against(run: RunRecord, attacker: str, mean: float, **changes: object) -> None:
    overrides = [f"env_args.attacker={attacker}"]
    evaluate(run, mean, overrides=overrides, **{"game": RULES, **changes})


@pytest.fixture
def runs(make: Make) -> list[RunRecord]:
    found = []
    for seed in range(3):
        run = make([-9.0, -1.0], seed=seed, env_args=trained_on("paper"))
        evaluate(run, DIAL["paper"][seed])
        for attacker in ATTACKERS[1:]:
            against(run, attacker, DIAL[attacker][seed])
        found.append(run)
    for seed in range(2):
        run = make([-9.0, -1.0], seed=seed, env_args=trained_on("paper+direct"))
        evaluate(run, OWN_GAME[seed])
        for attacker in ATTACKERS:
            against(run, attacker, MIXED[attacker][seed])
        found.append(run)
    return found


def matrix_of(runs: list[RunRecord]) -> Matrix:
    (matrix,) = matrices(cells(runs)[0], [])
    return matrix


def test_rows_that_were_trained_on_different_values_share_their_columns(
    runs: list[RunRecord],
) -> None:
    matrix = matrix_of(runs)
    assert [matrix.label(column) for column in matrix.columns] == [
        *("attacker=paper", "attacker=paper+direct", "attacker=direct", "attacker=random")
    ]
    assert [row.home for row in matrix.rows] == [("paper",), ("paper+direct",)]
    assert [row.scores(("paper",)).tolist() for row in matrix.rows] == [
        list(DIAL["paper"]),
        list(MIXED["paper"]),
    ]


def test_a_drop_is_that_of_the_same_run(runs: list[RunRecord]) -> None:
    first, second = matrix_of(runs).rows
    assert first.drops([("direct",)]).tolist() == [4.0, 3.0, 5.0]
    # On the mean of both: seed 0 loses (4 + 0.5) / 2, seed 1 (3 + 0.5) / 2, seed 2 (5 - 1) / 2.
    assert first.drops([("direct",), ("random",)]).tolist() == [2.25, 1.75, 2.0]
    assert second.drops([("random",)]).tolist() == [-0.5, -1.0]
    assert not len(second.drops([("never played",)]))


def test_a_run_that_lacks_an_evaluation_does_not_count_in_its_drop(
    runs: list[RunRecord], make: Make
) -> None:
    more = make([-9.0, -1.0], seed=3, env_args=trained_on("paper"))
    against(more, "direct", -100.0)  # nobody knows what it does at home
    first, _ = matrix_of([*runs, more]).rows
    assert first.scores(("direct",)).tolist() == [*DIAL["direct"], -100.0]
    assert first.drops([("direct",)]).tolist() == [4.0, 3.0, 5.0]


def test_the_report_tells_the_loss_in_a_sentence_tables_a_picture_and_data(
    runs: list[RunRecord],
) -> None:
    made = make_report(*cells(runs))
    text = markdown("A", made.sections).replace("\\", "")
    first_page = text.split("## Results")[0]
    # The mean of 2.25, 1.75 and 2; all three the least are 1 of 27 resamples, more than 2.5%.
    assert (
        "Against attackers not met in training (direct, random): dial on small, attacker=paper "
        "loses 2.00 (1.75 to 2.25)." in first_page
    )
    assert "(random): dial on small, attacker=paper+direct gains 0.75 (0.50 to 1.00)." in first_page
    assert "| dial on small, attacker=paper | [-2.00 (-3.00 to -1.00)] | not played | -6.00" in text
    assert (
        "| dial on small, attacker=paper | home | not played | 4.00 (3.00 to 5.00) | 0.00 (" in text
    )
    picture = next(
        block
        for section in made.sections
        for block in section.blocks
        if isinstance(block, Picture) and block.name == "generalisation"
    )
    assert picture.kinds.keys() == {"png", "pdf", "svg"}
    assert b"attacker=random" in picture.kinds["svg"]
    rows = list(csv.DictReader(io.StringIO(made.data["generalisation.csv"])))
    assert len(rows) == 3 * 3 + 2 * 4
    assert rows[1] == {
        **{"environment": "small, attacker=paper", "group": "dial", "seed": "0"},
        **{"attacker": "direct", "is_home": "False", "return_mean": "-5.0000", "drop": "4.0000"},
    }
    table = made.data["generalisation.tex"]
    assert "attacker=direct" in table
    assert "$\\underline{-2.00\\ [-3.00, -1.00]}$" in table
    assert "$4.00\\ [3.00, 5.00]$" in table  # of what was lost


def test_a_drop_that_cannot_be_told_says_why(runs: list[RunRecord], make: Make) -> None:
    stays = make([-9.0, -1.0], env_args=trained_on("direct"))
    evaluate(stays, -1.0)
    away = make([-9.0], env_args=trained_on("random"))
    against(away, "direct", -100.0)  # nobody knows what it does at home
    made = make_report(*cells([*runs, stays, away]))
    text = markdown("A", made.sections).replace("\\", "")
    drops = text.split("drop from home")[1].split("Rows are what was trained")[0]
    rows = {row.split(" | ")[0]: row for row in drops.split("\n| ")}
    assert "dial on small, attacker=direct" not in rows  # it has played nothing else
    assert "not played" in rows["dial on small, attacker=random"]
    assert " home not played | home |" in rows["dial on small, attacker=random"]
    assert "| dial on small, attacker=direct | not played |" in text


def test_where_all_are_at_home_alike_columns_tell_only_what_differs(make: Make) -> None:
    run = make([-9.0, -1.0], env_args=trained_on("paper"))
    evaluate(run, -1.0)
    crossed = ["env_args.attacker=direct", "env_args.detection_rate=0.1"]
    evaluate(run, -2.0, overrides=crossed, game=RULES)
    matrix = matrix_of([run])
    assert [matrix.label(column) for column in matrix.columns] == [
        *("as trained", "attacker=direct, detection_rate=0.1")
    ]
    assert sentences(matrix) == ["In all variants together: dial loses 1.00 (one run)."]
    evaluate(run, -4.0, overrides=["env_args.detection_rate=0.1"], game=RULES)
    assert sentences(matrix_of([run])) == [
        "With detection_rate=0.1, other than in training: dial loses 3.00 (one run)."
    ]
    evaluate(run, 1.0, overrides=["env_args.detection_rate=0.9"], game=RULES)
    assert sentences(matrix_of([run]))[1:] == [
        "With detection_rate=0.9, other than in training: dial gains 2.00 (one run)."
    ]


def test_who_has_no_such_setting_is_at_home_where_the_others_are(make: Make) -> None:
    talking = make([-1.0], channel={"loss": 0.0, "liar": None})
    evaluate(talking, -1.0)
    for channel in ("channel.loss=0.5", "channel.liar=Watch"):
        evaluate(talking, -2.0, overrides=[channel])
    silent = make([-3.0], name="qmix")
    evaluate(silent, -3.0)
    matrix = matrix_of([talking, silent])
    assert [matrix.label(column) for column in matrix.columns] == [
        *("as trained", "channel.loss=0.5", "channel.liar=Watch")
    ]
    assert [row.scores(matrix.columns[0]).tolist() for row in matrix.rows] == [[-1.0], [-3.0]]


def test_of_several_games_each_sentence_says_of_which(make: Make) -> None:
    found = []
    for scenario in ("small", "large"):
        run = make(
            [-1.0], env_args={**trained_on("paper"), "scenario": scenario}, env_name=scenario
        )
        evaluate(run, -1.0)
        against(run, "direct", -2.0)
        found.append(run)
    told = generalisation_findings(matrices(cells(found)[0], []))
    assert told[:2] == [
        f"{scenario}: against attackers not met in training (direct): dial loses 1.00 (one run)."
        for scenario in ("small", "large")
    ]


def test_other_games_are_no_columns_of_one_table(make: Make) -> None:
    runs = [
        make([-9.0, -1.0], env_args={**trained_on("paper"), "scenario": name})
        for name in ("small", "large")
    ]
    for run in runs:
        evaluate(run, -1.0)
        against(run, "direct", -2.0, game={})
    assert [len(matrix.rows) for matrix in matrices(cells(runs)[0], [])] == [1, 1]


def test_rows_of_one_table_differ_in_its_keys_alone(make: Make) -> None:
    bright, dark = ({**trained_on("paper"), "detection_rate": rate} for rate in (0.9, 0.1))
    runs = [make([-9.0, -1.0], env_args=one) for one in (bright, dark)]
    elsewhere = make([-9.0, -1.0], env_args={**trained_on("paper"), "scenario": "large"})
    for run in (*runs, elsewhere):
        evaluate(run, -1.0)
    for run in runs:
        against(run, "direct", -2.0)
    evaluate(elsewhere, -2.0, overrides=["env_args.detection_rate=0.3"])
    small, _ = matrices(cells([*runs, elsewhere])[0], [])
    assert [small.label(column) for column in small.columns] == [
        *("detection_rate=0.9", "detection_rate=0.1"),
        *("attacker=direct, detection_rate=0.9", "attacker=direct, detection_rate=0.1"),
    ]


def test_what_was_played_on_another_content_is_left_out_and_named(make: Make) -> None:
    runs = [make([-9.0, -1.0], env_args=trained_on("paper"), seed=seed) for seed in range(2)]
    for run, content in zip(runs, ("one", "another"), strict=True):
        evaluate(run, -1.0)
        against(run, "mine", -2.0, game={**RULES, "attacker": content})
    problems: list[str] = []
    (matrix,) = matrices(cells(runs)[0], problems)
    assert matrix.rows[0].scores(("mine",)).tolist() == [-2.0]
    assert problems == [
        "run 2: its evaluation with attacker=mine is left out, others of that name played another "
        "content"
    ]


def test_without_evaluations_elsewhere_nothing_is_told(make: Make) -> None:
    run = make([-9.0, -1.0])
    evaluate(run, -1.0)
    assert matrices(cells([run])[0], []) == []
    assert generalisation([]) == []


def test_long_names_stand_beside_each_other() -> None:
    names = [f"attacker=paper, detection_rate=0.{n}, scenario=my_network.yaml" for n in range(8)]
    drawing = heat_map.heat_map(-np.ones((2, 8)), ["a", "b"], names, [])
    axes, box = drawing.figure.axes[0], drawing.figure.bbox
    places = [label.get_window_extent() for label in axes.get_xticklabels()]
    assert not any(one.overlaps(other) for one, other in pairwise(places))
    assert all(box.x0 <= one.x0 and box.y0 <= one.y0 and one.x1 <= box.x1 for one in places)
    assert axes.get_window_extent().height > 2 * 30  # numbers are still apart


def test_a_picture_leaves_out_what_was_not_played() -> None:
    values = np.array([[-1.0, np.nan], [-20.0, -300.0]])
    drawing = heat_map.heat_map(values, ["a", "b"], ["c", "d"], [(0, 0)])
    axes = drawing.figure.axes[0]
    assert sorted(text.get_text() for text in axes.texts) == ["-1.0", "-20.0", "-300.0"]
    alone = heat_map.heat_map(np.array([[-2.0]]), ["a"], ["b"], [(0, 0)])
    assert alone.saved("png")
