"""Runs that learned with other settings are never put together unnoticed."""

from __future__ import annotations

from acd_plugin.analysis.runs.groups import grouped
from acd_plugin.analysis.runs.run_record import RunRecord
from tests.analysis.conftest import Make


def names_and_sizes(runs: list[RunRecord]) -> dict[str, int]:
    return {name: len(members) for name, members in grouped(runs).items()}


def test_seeds_and_bookkeeping_make_no_difference(make: Make) -> None:
    runs = [make(seed=1), make(seed=2, t_max=5, local_results_path="b", tags=["x"])]
    assert names_and_sizes([*runs, make(name="qmix")]) == {"dial": 2, "qmix": 1}


def test_every_other_setting_does(make: Make) -> None:
    runs = [make(), make(seed=1), make(lr=0.2), make(lr=0.2, gamma=0.5)]
    assert names_and_sizes([*runs, make(name="qmix", gamma=0.7)]) == {
        "dial, gamma=None, lr=0.1": 2,
        "dial, gamma=None, lr=0.2": 1,
        "dial, gamma=0.5, lr=0.2": 1,
        "qmix": 1,
    }


def test_where_lengths_differ_all_groups_of_that_environment_say_theirs(make: Make) -> None:
    large = {"scenario": "large", "detection_rate": 0.5}
    runs = [make(t_max=9), make(t_max=5), make(t_max=5, name="qmix")]
    runs.append(make(t_max=7, name="qmix", env_args=large))
    assert list(grouped(runs, by_length=True)) == [
        *("dial, small, t_max=9", "dial, small, t_max=5", "qmix, small, t_max=5", "qmix, large")
    ]


def test_scenarios_are_named(make: Make) -> None:
    other = {"scenario": "large", "detection_rate": 0.5}
    assert names_and_sizes([make(), make(env_args=other)]) == {"dial, small": 1, "dial, large": 1}
    rates = [make(), make(env_args={"scenario": "small", "detection_rate": 0.95})]
    assert names_and_sizes(rates) == {"dial, detection_rate=0.5": 1, "dial, detection_rate=0.95": 1}


def test_two_attackers_of_one_file_are_two_games(make: Make) -> None:
    game = {"rules": "1", "scenario": "a", "attacker": "b"}
    runs = [
        make(env_args={"scenario": "small", "attacker": name}, game=game)
        for name in ("early", "late")
    ]
    assert names_and_sizes(runs) == {"dial, attacker=early": 1, "dial, attacker=late": 1}


def test_an_argument_called_environment_counts_as_any_other(make: Make) -> None:
    runs = [
        make(env_args={"scenario": "a", "environment": name}, game={"environment": "a"})
        for name in ("easy", "hard")
    ]
    assert len(names_and_sizes(runs)) == 2
