"""What the attacker concludes from the result of its last action, cell by cell."""

from __future__ import annotations

import pytest

from acd_plugin.envs.cyborg.game.red import beliefs
from acd_plugin.envs.cyborg.game.types import NOBODY, Red, Result
from tests.envs.cyborg.games import Table


def digest(table: Table, kind: Red, target: str, source: str, result: Result) -> None:
    state = table.state
    state.red_kind[0] = kind
    state.red_target[0] = (table.subnets if kind == Red.SWEEP else table.hosts)[target]
    state.red_source[0] = table.hosts[source]
    state.red_result[0] = result
    beliefs.digest(state, table.rules, 0)


def pivot(table: Table, subnet: str) -> int:
    return int(table.state.pivot[0, table.subnets[subnet]])


@pytest.fixture
def table() -> Table:
    """The attacker works on the Operational subnet from User2 and holds Op_Host0."""
    table = Table()
    table.own("User2", since=3)
    table.own("Op_Host0", since=7)
    table.state.ports_known[0, table.hosts["Op_Server0"]] = True
    table.state.pivot[0, table.subnets["Operational"]] = table.hosts["User2"]
    table.state.decisions[0] = 9
    return table


def test_at_reset_the_attacker_knows_and_holds_its_foothold_only() -> None:
    state = Table().state
    for field in (state.discovered, state.admin):
        assert field[0].tolist() == [True, False, False, False, False]
    assert state.owned_since[0].tolist() == [0, NOBODY, NOBODY, NOBODY, NOBODY]
    assert state.pivot[0].tolist() == [0, NOBODY]
    assert not state.swept.any()
    assert not state.ports_known.any()
    assert state.decisions[0] == 0


def test_a_sweep_reveals_all_hosts_of_the_subnet() -> None:
    table = Table()
    digest(table, Red.SWEEP, "User", "User0", Result.SUCCESS)
    assert table.state.swept[0].tolist() == [True, False]
    assert table.state.discovered[0].tolist() == [True, True, True, False, False]


def test_a_scan_reveals_the_ports(table: Table) -> None:
    table.state.ports_known[:] = False
    digest(table, Red.SCAN, "Op_Server0", "User2", Result.SUCCESS)
    assert table.state.ports_known[0].tolist() == [False, False, False, False, True]


def test_an_exploit_is_owned_since_the_decision_that_made_it(table: Table) -> None:
    digest(table, Red.EXPLOIT, "Op_Server0", "User2", Result.SUCCESS)
    assert table.of("owned_since", "Op_Server0") == 9
    assert not table.of("admin", "Op_Server0")


def test_an_escalation_gives_admin_and_on_a_gateway_the_way_on() -> None:
    table = Table()
    table.own("User1", admin=False)
    table.own("User2", admin=False)
    digest(table, Red.ESCALATE, "User1", "User1", Result.SUCCESS)
    assert table.of("admin", "User1")
    assert pivot(table, "Operational") == NOBODY
    digest(table, Red.ESCALATE, "User2", "User2", Result.SUCCESS)
    assert table.of("admin", "User2")
    assert pivot(table, "Operational") == table.hosts["User2"]


def test_a_lost_sweep_forgets_pivot_and_source(table: Table) -> None:
    digest(table, Red.SWEEP, "Operational", "User2", Result.LOST)
    assert pivot(table, "Operational") == NOBODY
    assert table.of("owned_since", "User2") == NOBODY
    assert not table.of("admin", "User2")
    assert table.of("ports_known", "Op_Server0")  # what was scanned stays known


def test_a_lost_scan_also_forgets_the_ports_of_the_subnet(table: Table) -> None:
    digest(table, Red.SCAN, "Op_Server0", "User2", Result.LOST)
    assert pivot(table, "Operational") == NOBODY
    assert table.of("owned_since", "User2") == NOBODY
    assert not table.of("ports_known", "Op_Host0")
    assert not table.of("ports_known", "Op_Server0")
    assert table.of("ports_known", "User2")  # another subnet
    assert table.of("owned_since", "Op_Host0") == 7


def test_a_lost_exploit_keeps_the_ports_while_a_host_of_the_subnet_is_held(table: Table) -> None:
    digest(table, Red.EXPLOIT, "Op_Server0", "User2", Result.LOST)
    assert pivot(table, "Operational") == NOBODY
    assert table.of("owned_since", "User2") == NOBODY
    assert table.of("ports_known", "Op_Server0")


def test_a_lost_exploit_forgets_the_ports_when_nothing_is_left_there(table: Table) -> None:
    table.state.owned_since[0, table.hosts["Op_Host0"]] = NOBODY
    digest(table, Red.EXPLOIT, "Op_Server0", "User2", Result.LOST)
    assert not table.of("ports_known", "Op_Server0")


def test_a_lost_exploit_from_a_fallback_source_leaves_the_pivot(table: Table) -> None:
    digest(table, Red.EXPLOIT, "Op_Server0", "Op_Host0", Result.LOST)
    assert pivot(table, "Operational") == table.hosts["User2"]
    assert table.of("owned_since", "Op_Host0") == NOBODY
    assert not table.of("ports_known", "Op_Server0")


@pytest.mark.parametrize("kind", [Red.ESCALATE, Red.IMPACT])
def test_a_lost_escalation_or_impact_forgets_the_host_alone(table: Table, kind: Red) -> None:
    digest(table, kind, "Op_Host0", "Op_Host0", Result.LOST)
    assert table.of("owned_since", "Op_Host0") == NOBODY
    assert not table.of("admin", "Op_Host0")
    assert table.of("ports_known", "Op_Host0")
    assert pivot(table, "Operational") == table.hosts["User2"]


@pytest.mark.parametrize("kind", [Red.SWEEP, Red.SCAN, Red.EXPLOIT])
def test_a_failure_changes_nothing(table: Table, kind: Red) -> None:
    target = "Operational" if kind == Red.SWEEP else "Op_Server0"
    before = [field.copy() for field in table.state]
    digest(table, kind, target, "User2", Result.FAIL)
    beliefs = ("swept", "discovered", "ports_known", "owned_since", "admin", "pivot")
    for name, old in zip(table.state._fields, before, strict=True):
        if name in beliefs:
            assert (getattr(table.state, name) == old).all(), name


def test_nothing_is_digested_after_sleep_nor_twice(table: Table) -> None:
    digest(table, Red.EXPLOIT, "Op_Server0", "User2", Result.SUCCESS)
    table.state.decisions[0] = 12
    beliefs.digest(table.state, table.rules, 0)
    assert table.of("owned_since", "Op_Server0") == 9
