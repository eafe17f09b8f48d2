"""Runs are found by what they are."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest

from acd_plugin.analysis.runs.selection import Selection, in_order
from acd_plugin.errors import UserError
from tests.analysis.conftest import Make


@pytest.mark.parametrize(
    ("selection", "ids"),
    [
        (Selection(), ["1", "2", "3"]),
        (Selection(algorithm=["dial"]), ["1", "3"]),
        (Selection(algorithm=["dial", "qmix"]), ["1", "2", "3"]),
        (Selection(seed=[1], algorithm=["dial"]), ["3"]),
        (Selection(environment=["large"]), ["2"]),
        (Selection(status=["FAILED"]), ["3"]),
        (Selection(tag=["b"]), ["2"]),
        (Selection(seed=[7]), []),
        (Selection(since="2999-01-01"), []),
        (Selection(until="2999-01-01T12:00"), ["1", "2", "3"]),
        (Selection(until="2999-01-01T12:00+02:00"), ["1", "2", "3"]),
    ],
)
def test_all_conditions_must_hold(make: Make, selection: Selection, ids: list[str]) -> None:
    runs = [
        make([-1.0]),
        make([-1.0], name="qmix", tags=["a", "b"], env_args={"scenario": "large"}),
        make([-1.0], seed=1, status="FAILED"),
    ]
    assert [run.id for run in selection.choose(runs)] == ids


def test_a_date_may_say_its_time_zone(make: Make) -> None:
    run = make([-1.0])
    assert run.start is not None
    moment = run.start.replace(tzinfo=timezone.utc)
    there = timezone(timedelta(hours=9))  # where it is later
    for seconds, chosen in ((-1, [run]), (1, [])):
        since = (moment + timedelta(seconds=seconds)).astimezone(there).isoformat()
        assert Selection(since=since).choose([run]) == chosen


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        (Selection(algorithm=["dail"]), "--algorithm dail: no run has it; did you mean 'dial'?"),
        (Selection(environment=["smal"]), "--env smal: no run has it; did you mean 'small'?"),
        (Selection(status=["DONE"]), "--status DONE: no run has it (there are: COMPLETED, FAILED"),
        (Selection(since="noon"), "--since noon: not a date; write it like 2026-01-31"),
    ],
)
def test_conditions_that_nothing_can_meet_are_mistakes(
    make: Make, selection: Selection, message: str
) -> None:
    run = make([-1.0])
    with pytest.raises(UserError) as error:
        selection.choose([run])
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("key", "ids"),
    [("id", ["1", "2", "3"]), ("result", ["2", "1", "3"]), ("seed", ["3", "1", "2"])],
)
def test_the_order_is_the_one_asked_for(make: Make, key: str, ids: list[str]) -> None:
    runs = [make([-5.0], seed=3), make([-1.0], seed=9), make(seed=0)]
    assert [run.id for run in in_order(runs[::-1], key)] == ids
