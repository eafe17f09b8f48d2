"""The scores in the format of marl-eval (Gorsane et al. 2022, "Towards a Standardised Performance
Evaluation Protocol for Cooperative MARL"): environment, task, algorithm, run, step.

marl-eval needs a full table: the same algorithms in every task of an environment, with as many runs
and tests each. Where all our environments have the same groups they are tasks of one environment;
otherwise each is an environment with a task of its own. Runs and tests beyond the fewest that a
group has are left out. It looks names of environments and tasks up in small letters, and takes no
commas in those of algorithms.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import islice

from acd_plugin.analysis.report.scores import Cell, Score

_METRIC = "return"

Tree = dict[str, object]


def marl_eval_json(inside: Mapping[str, Sequence[Cell]]) -> str:
    """Return the file's content: tests of training, and as absolute metric the run's score."""
    names = [{cell.group for cell in cells} for cells in inside.values()]
    tree: dict[str, Tree]
    if all(one == names[0] for one in names):
        whole = _fewest([cell for cells in inside.values() for cell in cells])
        tree = {"all": {name.lower(): _task(cells, *whole) for name, cells in inside.items()}}
    else:
        tree = {
            name.lower(): {name.lower(): _task(cells, *_fewest(cells))}
            for name, cells in inside.items()
        }
    return json.dumps(tree) + "\n"


def _fewest(cells: Sequence[Cell]) -> tuple[int, int]:
    """Return how many runs, and how many tests, every group has."""
    runs = min(len(cell.scores) for cell in cells)
    tests = min(len(score.curve.steps) for cell in cells for score in cell.scores)
    return runs, tests


def _task(cells: Sequence[Cell], runs: int, tests: int) -> Tree:
    """Return the algorithms of a task, in an order that does not depend on the task."""
    return {
        cell.group.replace(",", ";"): {
            f"run_{number}": _run(score, tests)
            for number, score in enumerate(cell.scores[:runs], start=1)
        }
        for cell in sorted(cells, key=lambda cell: cell.group)
    }


def _run(score: Score, tests: int) -> Tree:
    points = zip(score.curve.steps.tolist(), score.curve.values.tolist(), strict=True)
    steps: Tree = {
        f"step_{number}": {"step_count": int(step), _METRIC: [float(value)]}
        for number, (step, value) in enumerate(islice(points, tests), start=1)
    }
    return {**steps, "absolute_metrics": {_METRIC: [score.mean]}}
