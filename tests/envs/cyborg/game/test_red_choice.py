"""The attacker's choice: the first rule that yields an action."""

from __future__ import annotations

import pytest

from acd_plugin.envs.cyborg.game.red import choice
from acd_plugin.envs.cyborg.game.types import NOBODY, Dice, Red
from tests.envs.cyborg.games import NEVER, Table

Choice = tuple[Red, str, str]


def choose(table: Table) -> Choice:
    kind, target, source = choice.choose(table.state, table.rules, 0)
    hosts = list(table.hosts)
    if kind == Red.SLEEP:
        return Red.SLEEP, "", ""
    name = list(table.subnets)[target] if kind == Red.SWEEP else hosts[target]
    return Red(kind), name, hosts[source]


def choices(table: Table) -> set[str]:
    """Return the targets that some target die leads to."""
    found = set()
    for option in range(30):
        table.state.dice[0, Dice.RED_TARGET] = (option + 0.5) / 30
        found.add(choose(table)[1])
    return found


@pytest.fixture
def table() -> Table:
    table = Table()
    table.lay()
    return table


def test_rule_1_on_the_objective_it_only_impacts(table: Table) -> None:
    table.own("Op_Server0")
    assert choose(table) == (Red.IMPACT, "Op_Server0", "Op_Server0")


def test_rule_2_it_sweeps_the_subnet_that_it_entered_first(table: Table) -> None:
    table = Table(env="cyborg_large")
    table.find("User")
    for name, subnet, since in (("Enterprise2", "Operational", 5), ("User3", "Enterprise", 8)):
        table.own(name)
        table.state.pivot[0, table.subnets[subnet]] = table.hosts[name]
        table.state.pivot_since[0, table.subnets[subnet]] = since
    assert choose(table) == (Red.SWEEP, "Operational", "Enterprise2")
    table.state.pivot_since[0, table.subnets["Operational"]] = 9
    assert choose(table) == (Red.SWEEP, "Enterprise", "User3")


def test_rule_2_needs_the_pivot_as_admin(table: Table) -> None:
    table.find("User")
    table.own("User2", admin=False)
    table.state.ports_known[:] = True
    table.state.pivot[0, table.subnets["Operational"]] = table.hosts["User2"]
    assert choose(table)[0] != Red.SWEEP


def test_rule_3_it_scans_any_discovered_host_it_neither_holds_nor_knows(table: Table) -> None:
    table.find("User")
    assert choices(table) == {"User1", "User2"}
    assert choose(table)[0] == Red.SCAN
    assert choose(table)[2] == "User0"
    table.state.ports_known[0, table.hosts["User1"]] = True
    assert choices(table) == {"User2"}


def test_rule_3_needs_a_pivot_for_the_subnet(table: Table) -> None:
    table.find("User", "Operational")
    table.own("User1")
    table.own("User2")
    assert choose(table)[0] == Red.SLEEP
    table.state.pivot[0, table.subnets["Operational"]] = table.hosts["User2"]
    assert choices(table) == {"Op_Host0", "Op_Server0"}
    assert choose(table)[2] == "User2"


@pytest.mark.parametrize(
    ("waited", "due"), [(1, []), (2, [0.0]), (3, [0.0, 0.4]), (4, [0.0, 0.4, NEVER])]
)
def test_rule_4_it_escalates_two_to_four_decisions_after_the_exploit(
    table: Table, waited: int, due: list[float]
) -> None:
    """The delay is 2, 3 or 4 with equal chance, drawn anew at every decision."""
    table.find("User")
    table.own("User1", since=3, admin=False)
    table.state.ports_known[0, table.hosts["User2"]] = True
    table.state.decisions[0] = 3 + waited
    delay = Dice.HOSTS + len(table.hosts) + table.hosts["User1"]
    escalated = []
    for die in (0.0, 0.4, NEVER):
        table.state.dice[0, delay] = die
        if choose(table)[0] == Red.ESCALATE:
            escalated.append(die)
    assert escalated == due


def test_rule_4_goes_through_its_hosts_in_random_order(table: Table) -> None:
    table.find("User")
    for host in ("User1", "User2"):
        table.own(host, since=0, admin=False)
    table.state.decisions[0] = 9
    for first, second in (("User1", "User2"), ("User2", "User1")):
        table.state.dice[0, Dice.HOSTS + table.hosts[first]] = 0.2
        table.state.dice[0, Dice.HOSTS + table.hosts[second]] = 0.7
        assert choose(table) == (Red.ESCALATE, first, first)


def test_rule_4_escalates_also_where_the_session_is_root_already(table: Table) -> None:
    table.find("User")
    table.own("User2", since=0, admin=False, level=2)
    table.state.ports_known[0, table.hosts["User1"]] = True
    table.state.decisions[0] = 4
    assert choose(table) == (Red.ESCALATE, "User2", "User2")


def test_rule_5_it_exploits_any_host_with_known_ports_from_the_pivot(table: Table) -> None:
    table.find("User")
    for host in ("User1", "User2"):
        table.state.ports_known[0, table.hosts[host]] = True
    assert choices(table) == {"User1", "User2"}
    assert choose(table)[0] == Red.EXPLOIT
    assert choose(table)[2] == "User0"


def fallback(held: str) -> Table:
    """All Operational hosts of the large network are known, none of them has a pivot."""
    table = Table(env="cyborg_large")
    table.lay()
    table.find("User", "Operational")
    for host in ("User1", "User2", "User3", "User4"):
        table.own(host)
    for host in ("Op_Host0", "Op_Host1", "Op_Host2", "Op_Server0"):
        table.state.ports_known[0, table.hosts[host]] = True
    table.own(held)
    return table


def test_rule_5_without_a_pivot_the_last_other_host_of_the_subnet_is_the_source() -> None:
    table = fallback("Op_Server0")
    table.state.admin[0, table.hosts["Op_Server0"]] = False  # else it would impact
    assert choose(table)[0] == Red.SLEEP  # a source must be held as admin
    table = fallback("Op_Host2")
    assert choices(table) == {"Op_Server0"}  # for the others the last host is the server: not held
    assert choose(table) == (Red.EXPLOIT, "Op_Server0", "Op_Host2")


def test_rule_5_an_unusable_pivot_is_not_replaced_by_a_fallback() -> None:
    table = fallback("Op_Host2")
    table.state.pivot[0, table.subnets["Operational"]] = table.hosts["Enterprise2"]
    assert choose(table)[0] == Red.SLEEP


def test_rule_6_it_sleeps_when_nothing_is_left(table: Table) -> None:
    table.find("User")
    table.own("User1")
    table.own("User2")
    assert choose(table) == (Red.SLEEP, "", "")
    table.play()
    assert table.state.red_target[0] == NOBODY
