"""A search for the best setting: kept, resumed, and stopped early where a trial does poorly."""

from __future__ import annotations

import json
import math
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from acd_plugin.errors import UserError
from acd_plugin.experiments import trial
from acd_plugin.experiments.processes import Processes, Report, Work, write_reports
from acd_plugin.experiments.search import Search, load_search
from acd_plugin.experiments.trial import try_one
from tests.cli.conftest import Call
from tests.experiments.conftest import WritePlan

pytest.importorskip("optuna")
RANGE = {"low": 1e-5, "high": 1e-1, "log": True}
TESTS = 4
_TIME = "2026-01-01T00:00:00"


class Played(Processes):
    """Does work in no time: the nearer lr is to 1e-3, the better; what is hopeless never ends."""

    hopeless = 1.0  # powers of ten from there
    made = 0

    def __init__(self) -> None:
        super().__init__()
        self._stop = threading.Event()

    def run(self, work: Work, log: Path, reports: Path) -> int:
        del log
        (task,) = work.tasks
        off = abs(math.log10(task.config["lr"]) + 3)
        is_hopeless = off > self.hopeless
        folder = Path(task.config["local_results_path"]) / str(type(self).made + 1)
        type(self).made += 1
        folder.mkdir()
        (folder / "config.json").write_text(json.dumps(task.config))
        lines = [
            {"name": "test_return_mean", "step": step, "value": -1.0 - off, "time": _TIME}
            for step in range(1 if is_hopeless else TESTS)
        ]
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (folder / "metrics.jsonl").write_text(text)
        (folder / "checkpoints").mkdir()
        (folder / "checkpoints" / "3.pt").touch()
        games = {"seed": 0, "overrides": [], "t_env": TESTS - 1, "episodes": 8, "return_std": 0.0}
        played = json.dumps({**games, "return_mean": -1.0 - off})
        (folder / "evaluations.jsonl").write_text(played + "\n")
        run = {"status": "COMPLETED", "start_time": _TIME, "heartbeat": _TIME, "result": 0.0}
        if is_hopeless:
            run["status"] = "INTERRUPTED"
            (folder / "run.json").write_text(json.dumps(run))
            self._stop.wait(20)
            time.sleep(0.1)  # it takes a while to save
        (folder / "run.json").write_text(json.dumps(run))
        write_reports(reports, {task.name: Report(None, str(folder), is_hopeless)})
        return 0

    def stop(self) -> None:
        assert not self._stop.is_set()  # a second time it would end without saving
        self._stop.set()


@pytest.fixture
def plan(write_plan: WritePlan, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(trial, "_LOOK_EVERY", 0.01)
    monkeypatch.setattr(Played, "made", 0)
    swept = {"DIAL": {"config": "dial", "sweep": {"lr": RANGE}}}
    one = {"full": {"seeds": [1], "epochs": 1, "evaluation_episodes": 8}}
    return write_plan(algorithms=swept, budgets=one)


@pytest.fixture
def search(plan: str, tmp_path: Path) -> Search:
    results = tmp_path / "results"
    results.mkdir()
    return load_search(plan, "full", results, (), None)


def test_a_trial_is_a_run_whose_score_the_study_knows(search: Search) -> None:
    search.study().enqueue_trial({"lr": 0.000_987_654})
    tried = try_one(search, processes=Played)
    assert tried.values == {"lr": 0.000988}
    (known,) = search.study().get_trials()  # opened anew: it lies beside the runs
    assert known.value == pytest.approx(-1.0, abs=0.01)
    assert len(known.intermediate_values) == TESTS
    search.study().enqueue_trial({"lr": 0.000_987_654})
    assert try_one(search, processes=Played).told == tried.told
    assert Played.made == 1  # it was there already


def test_a_poor_trial_is_stopped_early(search: Search) -> None:
    for lr in (1e-3, 1.1e-3, 1.2e-3, 0.9e-3, 0.8e-3):
        search.study().enqueue_trial({"lr": lr})
        try_one(search, processes=Played)
    search.study().enqueue_trial({"lr": 1e-5})  # which would never end
    assert try_one(search, processes=Played).told.startswith("stopped early")
    assert [found.state.name for found in search.study().get_trials()][-1] == "PRUNED"


def test_the_command_goes_on_and_tells_the_best(
    call: Call, plan: str, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Played, "hopeless", math.inf)
    monkeypatch.setattr(trial.try_one, "__defaults__", (None, Played))
    words = ["experiment", "search", plan, f"--results={results}", "--workers=1"]
    first = call(*words, "--trials=2")
    assert first.code == 0, first.err
    study = load_search(plan, "full", results, (), None).study()
    study.ask()  # and never told, as by a search that was killed
    again = call(*words, "--trials=4")
    assert "2 of 4 trials done" in again.out
    assert "1 that were stopped" in again.out
    assert "the best of 4 whole trials: lr=" in again.out
    hint = again.out.splitlines()[-1]
    assert "with other seeds: python main.py train --config=dial --env-config=cyborg_small" in hint
    assert hint.endswith(" seed=2")  # the trials had 1
    assert Played.made == 4
    named = json.loads((results / "plans" / "plan.search.json").read_text())
    assert [list(run["swept"]["values"]) for run in named["runs"]] == [["lr"]] * 4  # for `report`


@pytest.mark.parametrize(
    ("changes", "mistake"),
    [
        ({"algorithms": {"a": {"config": "dial"}}}, "needs one algorithm, with a 'sweep'"),
        ({"algorithms": {"a": {"config": "dial", "sweep": {"lrr": RANGE}}}}, "unknown key 'lrr'"),
    ],
)
def test_what_cannot_be_searched_is_told(
    call: Call, write_plan: WritePlan, changes: dict[str, Any], mistake: str
) -> None:
    outcome = call("experiment", "search", write_plan(**changes))
    assert outcome.code == 2
    assert mistake in outcome.err


def test_a_search_without_optuna_says_what_to_install(
    plan: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(UserError, match=r"needs Optuna: pip install '.\[search\]'"):
        load_search(plan, "full", tmp_path, (), None).study()
