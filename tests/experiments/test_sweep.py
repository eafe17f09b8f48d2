"""Settings that a plan varies: all combinations or seeded draws, told before anything runs."""

from __future__ import annotations

from typing import Any

import pytest

from acd_plugin.errors import UserError
from acd_plugin.experiments.plan import load_plan
from acd_plugin.experiments.sweep import Choice, varied
from tests.cli.conftest import Call
from tests.experiments.conftest import WritePlan


def values_of(**choice: Any) -> list[dict[str, object]]:
    return [dict(one.values) for one in varied("DIAL", choice_of(**choice))]


def choice_of(**keys: Any) -> Choice:
    return Choice.model_validate({"config": "dial", **keys})


def test_lists_are_combined_and_named() -> None:
    found = varied("DIAL", choice_of(sweep={"lr": [0.1, 0.2], "n_bits": [1, 2]}))
    assert [one.name for one in found] == [
        f"DIAL, lr={lr}, n_bits={bits}" for lr in (0.1, 0.2) for bits in (1, 2)
    ]
    assert found[-1].choice.with_ == {"lr": 0.2, "n_bits": 2}
    (alone,) = varied("DIAL", choice_of(**{"with": {"lr": 0.1}}))
    assert (alone.name, alone.choice.with_) == ("DIAL", {"lr": 0.1})


def test_draws_are_seeded_different_and_within_their_ranges() -> None:
    ranges = {
        "lr": {"low": 1e-5, "high": 1e-2, "log": True},
        "hidden_dim": {"low": 16, "high": 64},
        "n_bits": [1, 2],
    }
    found = values_of(sweep=ranges, draws=50)
    assert found == values_of(sweep=ranges, draws=50)
    assert found != values_of(sweep=ranges, draws=50, draws_seed=1)
    assert len({repr(one) for one in found}) == 50
    rates = [float(str(one["lr"])) for one in found]
    assert min(rates) >= 1e-5
    assert max(rates) <= 1e-2
    assert {f"{rate:.0e}"[-1] for rate in rates} >= set("543")  # each power of ten has its share
    assert {type(one["hidden_dim"]) for one in found} == {int}
    assert all(16 <= int(str(one["hidden_dim"])) <= 64 for one in found)
    assert len(values_of(sweep={"n_bits": [1, 2]}, draws=9)) == 2  # there are no more


@pytest.mark.parametrize(
    ("choice", "mistake"),
    [
        ({"sweep": {"lr": []}}, "'algorithms.talks.sweep.lr' is []: must have at least one item"),
        ({"sweep": {"lr": 3}}, "sweep.lr' is 3: must be a list, or settings with the keys low, hi"),
        ({"sweep": {"lr": {"low": 1}}}, "key 'algorithms.talks.sweep.lr.high' is missing"),
        ({"sweep": {"lr": {"low": "a", "high": 2}}}, "sweep.lr.low' is 'a': must be a number"),
        ({"sweep": {"lr": [0.1, 0.1]}}, "'talks': its sweep of lr has 0.1 twice"),
        ({"sweep": {"name": ["a", "b"]}}, "'name', which only says what an algorithm is called"),
        ({"sweep": {"device": ["cpu", "auto"]}}, "'device', which does not change what is learned"),
        ({"sweep": {"lr": {"low": 2, "high": 1}}}, "low must be below high"),
        ({"sweep": {"lr": {"low": 0, "high": 1, "log": True}}}, "must begin above 0"),
        ({"sweep": {"lr": {"low": 0.1, "high": 1.0}}}, "lr is a range: say how many"),
        ({"draws": 3}, "'draws' needs a 'sweep'"),
        ({"sweep": {"lr": [0.1]}, "with": {"lr": 0.1}}, "lr stands in 'with' and in 'sweep'"),
        ({"sweep": {"seed": [1, 2]}}, "'seed' is set by the plan's budget"),
        ({"sweep": {"lrr": [0.1, 0.2]}}, "unknown key 'lrr'"),
        (
            {"sweep": {"lr": [n / 1000 for n in range(1, 101)], "n_bits": list(range(1, 12))}},
            "'talks': its sweep has 1,100 settings: at most 1,000",
        ),
    ],
)
def test_what_cannot_be_swept_is_told_before_anything_runs(
    write_plan: WritePlan, choice: dict[str, Any], mistake: str
) -> None:
    path = write_plan(algorithms={"talks": {"config": "dial", **choice}})
    with pytest.raises(UserError) as error:
        load_plan(path, "full")
    assert mistake in str(error.value)


def test_a_plan_of_too_many_runs_is_refused(
    write_plan: WritePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_plan()
    assert len(load_plan(path, "full").jobs) == 4
    monkeypatch.setattr("acd_plugin.experiments.plan.MOST_RUNS", 3)
    with pytest.raises(UserError, match="plans 4 runs: at most 3"):
        load_plan(path, "full")


def test_how_many_runs_a_sweep_takes_is_told(
    call: Call, write_plan: WritePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acd_plugin.experiments.estimate.estimate", lambda _: {})
    lists = {"talks": {"config": "dial", "sweep": {"lr": [0.1, 0.2], "n_bits": [1, 2, 3]}}}
    plan = write_plan(algorithms=lists)
    told = call("experiment", "run", plan, "--results=here", "--dry-run")
    assert told.code == 0, told.err
    assert "talks (6 settings)  0 of 12" in told.out
    assert "12 runs in here" in told.out
