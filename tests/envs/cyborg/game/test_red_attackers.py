"""What the other attackers choose, rule by rule."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from acd_plugin.envs.cyborg.game.red.direct import direct_attacker
from acd_plugin.envs.cyborg.game.red.mixture import drawn_number
from acd_plugin.envs.cyborg.game.red.patient import patient_attacker, steps_of_waiting
from acd_plugin.envs.cyborg.game.red.random import random_attacker
from acd_plugin.envs.cyborg.game.red.stealthy import always_seen, stealthy_attacker
from acd_plugin.envs.cyborg.game.red.wandering import wandering_attacker
from acd_plugin.envs.cyborg.game.types import Dice, Red
from acd_plugin.envs.cyborg.program import Attacker
from tests.envs.cyborg.games import Table

Order = tuple[Red, str, str]
SLEEP = (Red.SLEEP, "", "")
LONG_AGO = -9  # a decision after which every escalation is due


def order(table: Table, attacker: Attacker) -> Order:
    """Return what an attacker chooses in one game: kind, target and source."""
    attacker(table.state, table.rules, 0)
    kind, target, source = (
        int(field[0])
        for field in (table.state.red_kind, table.state.red_target, table.state.red_source)
    )
    if kind == Red.SLEEP:
        return SLEEP
    names = list(table.subnets) if kind == Red.SWEEP else list(table.hosts)
    return Red(kind), names[target], list(table.hosts)[source]


def orders(table: Table, attacker: Attacker, steps: int = 400) -> Counter[Order]:
    """Return what it chooses in this situation at different steps, and so with other dice."""
    found: Counter[Order] = Counter()
    for step in range(steps):
        table.state.step[0] = step
        table.state.dice[0, Dice.RED_TARGET] = (step % 60 + 0.5) / 60
        found[order(table, attacker)] += 1
    return found


def scan(table: Table, *hosts: str) -> None:
    for name in hosts:
        table.state.ports_known[0, table.hosts[name]] = True


def enter(table: Table, subnet: str, gateway: str) -> None:
    """Let the attacker be root on a gateway and know the subnet behind it."""
    table.own(gateway)
    table.state.pivot[0, table.subnets[subnet]] = table.hosts[gateway]


@pytest.fixture
def table() -> Table:
    table = Table()
    table.lay()
    return table


def test_direct_goes_for_the_gateway_and_then_for_the_objective(table: Table) -> None:
    assert order(table, direct_attacker) == (Red.SWEEP, "User", "User0")
    table.find("User")
    assert orders(table, direct_attacker).keys() == {(Red.SCAN, "User2", "User0")}
    scan(table, "User1", "User2")
    assert orders(table, direct_attacker).keys() == {(Red.EXPLOIT, "User2", "User0")}
    table.own("User2", since=int(table.state.decisions[0]), admin=False)
    assert order(table, direct_attacker) == SLEEP  # it waits as long as the paper's does
    table.own("User2", since=LONG_AGO, admin=False)
    assert order(table, direct_attacker) == (Red.ESCALATE, "User2", "User2")
    enter(table, "Operational", "User2")
    assert order(table, direct_attacker) == (Red.SWEEP, "Operational", "User2")
    table.find("Operational")
    assert orders(table, direct_attacker).keys() == {(Red.SCAN, "Op_Server0", "User2")}
    scan(table, "Op_Host0", "Op_Server0")
    assert orders(table, direct_attacker).keys() == {(Red.EXPLOIT, "Op_Server0", "User2")}
    table.own("Op_Server0")
    assert order(table, direct_attacker) == (Red.IMPACT, "Op_Server0", "Op_Server0")


def test_direct_takes_the_gateway_again_when_it_has_lost_it() -> None:
    table = Table(env="cyborg_large")
    table.lay()
    table.find("User", "Enterprise")
    enter(table, "Enterprise", "User3")
    scan(table, "Enterprise1", "Enterprise2")
    assert order(table, direct_attacker) == (Red.EXPLOIT, "Enterprise2", "User3")
    table.state.owned_since[0, table.hosts["User3"]] = -1
    assert order(table, direct_attacker) == (Red.EXPLOIT, "User3", "User0")


def test_direct_sleeps_where_there_is_no_way(table: Table) -> None:
    table.find("User")
    table.rules.way_in[:] = -1
    assert order(table, direct_attacker) == SLEEP


def test_patient_sleeps_for_as_long_as_its_game_has_drawn_and_then_goes_straight(
    table: Table,
) -> None:
    table.state.key[0] = next(key for key in map(np.uint64, range(99)) if waiting(table, key) == 3)
    played = []
    for step in range(5):
        table.state.step[0] = step
        played.append(order(table, patient_attacker))
    assert played == [SLEEP] * 3 + [(Red.SWEEP, "User", "User0")] * 2


def test_patient_waits_for_any_time_up_to_twelve_steps_alike(table: Table) -> None:
    found = Counter(waiting(table, np.uint64(key)) for key in range(2600))
    assert sorted(found) == list(range(13))
    assert all(140 < times < 260 for times in found.values())


def waiting(table: Table, key: np.uint64) -> int:
    table.state.key[0] = key
    return steps_of_waiting(table.state, 0)


def test_wandering_takes_all_that_it_knows_before_it_goes_on(table: Table) -> None:
    assert order(table, wandering_attacker) == (Red.SWEEP, "User", "User0")
    table.find("User")
    enter(table, "Operational", "User2")
    assert order(table, wandering_attacker) == (Red.SCAN, "User1", "User0")
    scan(table, "User1")
    assert order(table, wandering_attacker) == (Red.EXPLOIT, "User1", "User0")
    table.own("User1", since=int(table.state.decisions[0]), admin=False)
    assert order(table, wandering_attacker) == SLEEP  # not on to Operational
    table.own("User1", since=LONG_AGO, admin=False)
    assert order(table, wandering_attacker) == (Red.ESCALATE, "User1", "User1")
    table.own("User1")
    assert order(table, wandering_attacker) == (Red.SWEEP, "Operational", "User2")


def test_wandering_strikes_the_objective_last(table: Table) -> None:
    table.find("User", "Operational")
    enter(table, "Operational", "User2")
    for host in ("User1", "Op_Server0"):
        table.own(host)
    assert order(table, wandering_attacker) == (Red.SCAN, "Op_Host0", "User2")
    table.own("Op_Host0")
    assert order(table, wandering_attacker) == (Red.IMPACT, "Op_Server0", "Op_Server0")


def test_stealthy_exploits_where_the_monitor_is_likeliest_to_miss_it() -> None:
    table = Table(env="cyborg_large")
    table.lay()
    table.find("User")
    scan(table, "User1", "User2", "User3", "User4")
    seen = {name: always_seen(table.rules, table.hosts[name]) for name in table.hosts}
    assert (seen["User1"], seen["User2"], seen["User3"], seen["User4"]) == (1.0, 0.0, 0.0, 0.25)

    def exploited() -> set[str]:
        chosen = orders(table, stealthy_attacker).keys() - {SLEEP}
        assert {(kind, source) for kind, _, source in chosen} == {(Red.EXPLOIT, "User0")}
        return {target for _, target, _ in chosen}

    assert exploited() == {"User2", "User3"}
    table.own("User2")
    table.own("User3")
    assert exploited() == {"User4"}
    table.own("User4")
    assert exploited() == {"User1"}


def test_stealthy_rests_in_half_of_the_steps_and_else_keeps_the_papers_order(table: Table) -> None:
    table.find("User")
    found = orders(table, stealthy_attacker)
    assert found.keys() == {SLEEP, (Red.SCAN, "User1", "User0"), (Red.SCAN, "User2", "User0")}
    assert 150 < found[SLEEP] < 250


def test_random_does_anything_that_is_possible_alike(table: Table) -> None:
    assert order(table, random_attacker) == (Red.SWEEP, "User", "User0")
    table.find("User", "Operational")
    enter(table, "Operational", "User2")
    table.state.swept[0, table.subnets["Operational"]] = False
    scan(table, "Op_Host0")
    table.own("User1", since=int(table.state.decisions[0]), admin=False)
    table.own("Op_Server0")
    found = orders(table, random_attacker)
    assert found.keys() == {
        (Red.SWEEP, "Operational", "User2"),
        (Red.EXPLOIT, "Op_Host0", "User2"),
        (Red.ESCALATE, "User1", "User1"),  # at once: it does not wait
        (Red.IMPACT, "Op_Server0", "Op_Server0"),
    }
    assert all(60 < times < 140 for times in found.values())


def test_random_sleeps_when_nothing_is_possible(table: Table) -> None:
    table.find("User")
    for host in ("User1", "User2"):
        table.own(host)
    assert order(table, random_attacker) == SLEEP


def test_a_game_of_a_mixture_draws_one_attacker_for_all_its_steps() -> None:
    batch = Table().batch
    drawn: Counter[int] = Counter()
    for key in range(600):
        batch.state.key[0] = key * 7919
        numbers = set()
        for step in (0, 1, 17):
            batch.state.step[0] = step
            numbers.add(drawn_number(batch.state, 0, 3))
        (number,) = numbers
        drawn[number] += 1
    assert drawn.keys() == {0, 1, 2}
    assert all(150 < times < 250 for times in drawn.values())
