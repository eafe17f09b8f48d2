"""Actions that only one of the team can have, and actions that work only together."""

from __future__ import annotations

from pathlib import Path

import pytest

from acd_plugin.envs.cyborg.game.types import Compromise, Level, Outcome, Red, Result
from tests.envs.cyborg.games import Table

FAIL, SUCCESS = Outcome.FAIL, Outcome.SUCCESS


def table_with(folder: Path, line: str) -> Table:
    """Return the small network whose scenario has one more line."""
    file = folder / "mine.yaml"
    file.write_text(f"extends: dial_2_subnets\n{line}\n")
    table = Table(f"scenario={file}")
    table.lay()
    return table


def outcomes(table: Table) -> list[int]:
    found: list[int] = table.state.outcome[0].tolist()
    return found


def costs(table: Table) -> list[float]:
    found: list[float] = table.state.cost[0].tolist()
    return found


def test_two_exclusive_actions_at_once_are_lost_and_paid(tmp_path: Path) -> None:
    table = table_with(tmp_path, "exclusive: [analyse]")
    for host in ("User2", "Op_Host0"):
        table.invade(host, Level.ROOT)
        table.state.compromise[0, table.hosts[host]] = Compromise.UNKNOWN
    table.play("Analyse User2", "Analyse Op_Host0")
    assert outcomes(table) == [FAIL, FAIL]
    assert costs(table) == [0.5, 0.5]
    assert table.totals.useless_actions[0] == 2
    for host in ("User2", "Op_Host0"):
        assert not table.of("pid_known", host)
        assert table.of("compromise", host) == Compromise.UNKNOWN  # they have learned nothing
    table.lay()
    table.play("Analyse User2", "Remove Op_Host0")
    assert (outcomes(table)[0], costs(table)[0]) == (SUCCESS, 0.0)
    assert table.of("compromise", "User2") == Compromise.PRIVILEGED


def test_only_actions_of_the_same_kind_are_in_each_others_way(tmp_path: Path) -> None:
    table = table_with(tmp_path, "exclusive: [analyse, restore]")
    table.invade("User1", Level.ROOT)
    table.invade("Op_Server0", Level.ROOT, known=True)
    table.play("Analyse User1", "Restore Op_Server0")
    assert outcomes(table) == [SUCCESS, SUCCESS]
    table.lay()
    table.play("Block Operational", "Block User")
    assert outcomes(table) == [SUCCESS, SUCCESS]


@pytest.mark.parametrize(("other", "result"), [("Sleep", Result.FAIL), ("Block", Result.SUCCESS)])
def test_a_lost_block_lets_the_attacker_through(tmp_path: Path, other: str, result: Result) -> None:
    table = table_with(tmp_path, "exclusive: [block]")
    table.own("User1")
    table.own("User2")
    table.state.swept[0, 0] = True
    table.state.pivot[0, 1] = table.hosts["User2"]
    table.play("Block Operational" if other == "Block" else "Sleep", "Block User")
    assert (table.state.red_kind[0], table.state.red_result[0]) == (Red.SWEEP, result)


TOGETHER = "joint: [[User2, Op_Server0]]"


def held(table: Table) -> tuple[int, int]:
    return table.of("level", "User2"), table.of("level", "Op_Server0")


def test_a_lone_eviction_from_a_group_fails_and_is_paid(tmp_path: Path) -> None:
    table = table_with(tmp_path, TOGETHER)
    for host in ("User2", "Op_Server0"):
        table.invade(host, Level.ROOT, known=True)
    table.play("Sleep", "Restore Op_Server0")
    assert held(table) == (Level.ROOT, Level.ROOT)
    assert outcomes(table)[1] == FAIL
    assert costs(table)[1] == 10.0
    assert table.of("pid_known", "Op_Server0")
    table.lay()
    table.play("Restore User2", "Restore Op_Server0")
    assert held(table) == (Level.NONE, Level.NONE)
    assert outcomes(table) == [SUCCESS, SUCCESS]


@pytest.mark.parametrize(
    ("level", "known", "action", "together"),
    [
        (Level.NONE, False, "Sleep", True),  # the attacker is not on the other one
        (Level.USER, True, "Remove User2", True),
        (Level.ROOT, True, "Remove User2", False),  # which Remove cannot do
        (Level.ROOT, False, "Restore User2", False),  # whose process nobody knows
        (Level.ROOT, True, "Restore User1", False),
        (Level.ROOT, True, "Analyse User2", False),
    ],
)
def test_an_eviction_works_when_nothing_of_its_group_stays(
    tmp_path: Path, level: Level, known: bool, action: str, together: bool
) -> None:
    table = table_with(tmp_path, TOGETHER)
    table.invade("User2", level, known)
    table.invade("Op_Server0", Level.ROOT, known=True)
    table.play(action, "Restore Op_Server0")
    assert outcomes(table)[1] == (SUCCESS if together else FAIL)
    assert held(table) == ((0, 0) if together else (level, Level.ROOT))


def test_hosts_outside_of_groups_are_cleaned_as_ever(tmp_path: Path) -> None:
    table = table_with(tmp_path, TOGETHER)
    for host in ("User1", "User2", "Op_Server0"):
        table.invade(host, Level.ROOT, known=True)
    table.play("Restore User1")
    assert table.of("level", "User1") == Level.NONE
