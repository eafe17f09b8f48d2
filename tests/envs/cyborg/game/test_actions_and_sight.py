"""Defenders of different kind: what each can do, and what each sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from acd_plugin.envs.cyborg.game.types import NOBODY, Activity, Compromise, Level, Red, Result
from tests.envs.cyborg.games import Table

CLEANING = ("Remove", "Restore", "Analyse")


def names_of(table: Table, agent: int) -> list[str]:
    return [name for name in table.batch.action_names[agent] if name]


def attacked(table: Table) -> None:
    """Show an attack on the operational host and one on a user's."""
    table.own("User2", admin=False)
    table.own("Op_Host0", admin=False)
    for host in ("User2", "Op_Host0"):
        table.state.compromise[0, table.hosts[host]] = Compromise.USER
    table.lay()
    table.play()


@pytest.mark.parametrize("env", ["heterogeneous", "heterogeneous_mismatch"])
def test_two_clean_and_cannot_block_and_the_third_only_blocks(env: str) -> None:
    table = Table(env=env)
    assert names_of(table, 0) == [
        "Sleep",
        *(f"{action} {host}" for action in CLEANING for host in ("User1", "User2")),
    ]
    assert names_of(table, 1) == [
        "Sleep",
        *(f"{action} {host}" for action in CLEANING for host in ("Op_Host0", "Op_Server0")),
    ]
    assert names_of(table, 2) == ["Sleep", "Block User"]
    assert table.mask(2) == ["Sleep", "Block User"]


@pytest.mark.parametrize(
    ("env", "seen"),
    [
        ("heterogeneous", "000100000"),
        ("heterogeneous_mismatch", "--------0"),
    ],
)
def test_what_the_firewall_sees(env: str, seen: str) -> None:
    table = Table(env=env)
    attacked(table)
    assert table.bits(2) == seen
    assert table.bits(0) == "00000001-"  # it has no block of its own to see
    assert table.bits(1) == "00010000-"


def test_every_host_can_have_a_defender_of_its_own_beside_who_blocks() -> None:
    table = Table("analyse_mode=detect", env="heterogeneous_hosts")
    hosts = ["User1", "User2", "Op_Host0", "Op_Server0"]
    for agent, host in enumerate(hosts):
        actions = ["Sleep", *(f"{action} {host}" for action in CLEANING)]
        assert table.batch.action_names[agent] == [*actions, ""]
        assert table.mask(agent) == ["Sleep"]
        assert table.rules.host_owner[table.hosts[host]] == agent
    assert table.batch.action_names[4] == ["Sleep", "", "", "", "Block User"]
    assert table.rules.host_owner[table.hosts["User0"]] == NOBODY
    assert table.rules.subnet_guard.tolist() == [NOBODY, 4]
    attacked(table)
    assert [table.bits(agent) for agent in range(5)] == [
        *("0000-", "0001-", "0001-", "0000-"),
        "----0",  # who blocks sees nothing but its own block
    ]
    assert [len(table.mask(agent)) for agent in range(5)] == [1, 4, 4, 1, 2]
    for host in hosts:
        table.invade(host, Level.ROOT, known=True)
    table.play("Sleep", "Restore User2")
    assert (table.of("level", "User2"), table.of("level", "Op_Host0")) == (Level.NONE, Level.ROOT)


@pytest.mark.parametrize(("action", "result"), [("Block User", Result.FAIL), ("Sleep", 1)])
@pytest.mark.parametrize("env", ["heterogeneous", "heterogeneous_hosts"])
def test_the_firewalls_block_keeps_the_attacker_out(env: str, action: str, result: int) -> None:
    table = Table(env=env)
    table.own("User1")
    table.own("User2")
    table.state.swept[0, 0] = True
    table.state.pivot[0, 1] = table.hosts["User2"]
    table.lay()
    firewall = table.batch.n_agents - 1
    table.play(*["Sleep"] * firewall, action)
    assert (table.state.red_kind[0], table.state.red_result[0]) == (Red.SWEEP, result)
    assert table.bits(firewall)[-1] == ("1" if action == "Block User" else "0")


def test_hosts_and_subnets_can_be_named_and_masks_tell_nothing_unseen(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "extends: dial_2_subnets\n"
        "agents:\n"
        "  - {name: Blue0, defends: [User], sees: [Operational, User1]}\n"
        "  - {name: Blue1, defends: [Operational], sees: nothing}\n"
    )
    table = Table(f"scenario={file}")
    table.state.activity[0, table.hosts["Op_Server0"]] = Activity.SCAN
    table.own("Op_Server0", level=Level.ROOT)
    attacked(table)
    assert table.bits(0) == "0000" + "0001" + "0000" + "0"  # its own first, without User2
    assert table.bits(1) == "------------0"
    assert "Remove User1" not in table.mask(0)  # which it sees to be in order
    assert "Remove User2" in table.mask(0)
    assert table.mask(1) == names_of(table, 1)


def test_sight_of_the_team_for_everybody_is_a_setting() -> None:
    table = Table("sees=team", env="heterogeneous_mismatch")
    attacked(table)
    user, operational = "00000001", "00010000"
    assert table.bits(0) == user + operational + "-"
    assert table.bits(1) == operational + user + "-"
    assert table.bits(2) == operational + user + "0"
