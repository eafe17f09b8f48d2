"""What the attacker's actions do, when they are lost or blocked, and what an exploit gives."""

from __future__ import annotations

from collections import Counter

import pytest

from acd_plugin.envs.cyborg.game.red import execution
from acd_plugin.envs.cyborg.game.types import Dice, Level, Red, Result
from tests.envs.cyborg.games import NEVER, Table

# image, host -> (result, detection) of each equally likely option, in the order of the description
FAILS, USER, ROOT = Level.NONE, Level.USER, Level.ROOT
IMAGES = {
    "User1": [(USER, "always")],
    "User2": [(USER, "rate")],
    "User3": [(FAILS, "never"), (USER, "rate"), (USER, "rate")],
    "User4": [(USER, "rate"), (USER, "rate"), (ROOT, "rate"), (ROOT, "always")],
    "Enterprise0": [(ROOT, "always")],
    "Enterprise1": [(FAILS, "never"), (ROOT, "rate"), (USER, "rate"), (USER, "always")],
    "Op_Host1": [(ROOT, "always")],
    "Op_Server0": [(ROOT, "always")],
}
PORTS = {"User1": 2, "User2": 4, "User3": 4, "User4": 5, "Enterprise0": 1, "Enterprise1": 7}


def act(table: Table, kind: Red, target: str, source: str, *blue: str) -> Result:
    """Let the attacker do this and return how it ended."""
    state = table.state
    state.red_kind[0] = kind
    state.red_target[0] = (table.subnets if kind == Red.SWEEP else table.hosts)[target]
    state.red_source[0] = table.hosts[source]
    execution.execute(state, table.rules, 0, table.numbers(*blue))
    return Result(state.red_result[0])


@pytest.mark.parametrize("host", IMAGES)
def test_each_image_gives_what_its_exploits_give(host: str) -> None:
    table = Table("detection_rate=0.5", env="cyborg_large")
    seen: Counter[int] = Counter()
    options = len(IMAGES[host])
    for option in range(options):
        for detection, rated in ((0.49, True), (0.5, False)):
            table.state.level[0, 1:] = 0
            table.state.dice[0, Dice.EXPLOIT] = (option + 0.5) / options
            table.state.dice[0, Dice.DETECTION] = detection
            result = act(table, Red.EXPLOIT, host, "User0")
            level, kind = IMAGES[host][option]
            assert (result == Result.SUCCESS) == (level != FAILS)
            assert table.of("level", host) == level
            detected = kind == "always" or (kind == "rate" and rated)
            assert bool(table.state.red_detected[0]) == detected
            if level != FAILS:
                assert bool(table.of("pid_known", host)) == detected
            seen[option] += 1
    assert len(seen) == options


@pytest.mark.parametrize(("host", "count"), PORTS.items())
def test_each_image_has_its_number_of_ports(host: str, count: int) -> None:
    table = Table(env="cyborg_large")
    assert table.rules.host_ports[table.hosts[host]] == count


@pytest.mark.parametrize("kind", [Red.SWEEP, Red.SCAN, Red.EXPLOIT])
def test_an_action_from_a_dead_session_is_lost(kind: Red) -> None:
    table = Table()
    target = "Operational" if kind == Red.SWEEP else "Op_Host0"
    assert act(table, kind, target, "User2") == Result.LOST
    assert table.of("level", "Op_Host0") == 0


def test_a_dead_session_is_noticed_before_a_block() -> None:
    table = Table()
    blocked = act(table, Red.SCAN, "Op_Host0", "User2", "Sleep", "Block User")
    assert blocked == Result.LOST


def test_escalate_always_works_on_a_session_and_is_lost_without() -> None:
    table = Table()
    table.invade("User1", Level.USER)
    assert act(table, Red.ESCALATE, "User1", "User1") == Result.SUCCESS
    assert table.of("level", "User1") == Level.ROOT
    assert act(table, Red.ESCALATE, "User2", "User2") == Result.LOST


def test_impact_has_no_effect_but_needs_the_session() -> None:
    table = Table()
    table.invade("Op_Server0", Level.ROOT)
    before = table.state.level.copy()
    assert act(table, Red.IMPACT, "Op_Server0", "Op_Server0") == Result.SUCCESS
    assert (table.state.level == before).all()
    table.invade("Op_Server0", Level.NONE)
    assert act(table, Red.IMPACT, "Op_Server0", "Op_Server0") == Result.LOST


@pytest.mark.parametrize("kind", [Red.SWEEP, Red.SCAN, Red.EXPLOIT])
def test_a_block_stops_traffic_from_the_blocked_to_the_defenders_subnet(kind: Red) -> None:
    table = Table()
    table.invade("User2", Level.ROOT)
    target = "Operational" if kind == Red.SWEEP else "Op_Host0"
    assert act(table, kind, target, "User2", "Sleep", "Block User") == Result.FAIL
    assert table.of("level", "Op_Host0") == 0
    assert act(table, kind, target, "User2", "Block Operational", "Sleep") == Result.SUCCESS


def test_a_block_stops_neither_the_own_subnet_nor_what_is_there() -> None:
    table = Table()
    both = ("Block Operational", "Block User")
    table.invade("User2", Level.USER)
    assert act(table, Red.EXPLOIT, "User1", "User0", *both) == Result.SUCCESS
    assert act(table, Red.ESCALATE, "User2", "User2", *both) == Result.SUCCESS
    table.invade("Op_Server0", Level.ROOT)
    assert act(table, Red.IMPACT, "Op_Server0", "Op_Server0", *both) == Result.SUCCESS


def test_with_three_subnets_only_the_named_one_is_blocked() -> None:
    table = Table(env="cyborg_large")
    table.invade("Enterprise2", Level.ROOT)
    sources = ("Sleep", "Sleep")
    blocked = act(table, Red.SCAN, "Op_Host0", "Enterprise2", *sources, "Block Enterprise")
    assert blocked == Result.FAIL
    open_ = act(table, Red.SCAN, "Op_Host0", "Enterprise2", *sources, "Block User")
    assert open_ == Result.SUCCESS


def test_the_game_opens_with_a_sweep_then_scans_then_exploits() -> None:
    table = Table(env="cyborg_large")
    kinds = []
    for _ in range(6):
        table.lay()
        table.play()
        kinds.append(Red(table.state.red_kind[0]))
    assert kinds == [Red.SWEEP, Red.SCAN, Red.SCAN, Red.SCAN, Red.SCAN, Red.EXPLOIT]


def test_it_never_comes_back_to_a_host_cleaned_after_it_became_admin() -> None:
    table = Table()
    table.own("User1")
    table.invade("User1", Level.NONE)
    for _ in range(25):
        table.lay(red_target=0.0, exploit=NEVER)
        table.play()
        assert table.of("level", "User1") == Level.NONE


def test_it_comes_back_to_a_host_cleaned_before_the_escalation() -> None:
    table = Table("time_limit=60")
    table.own("User1", since=0, admin=False, level=1)
    table.invade("User1", Level.NONE)
    history = []
    for _ in range(12):
        table.lay(red_target=0.0, exploit=NEVER)
        table.play()
        target = list(table.hosts)[table.state.red_target[0]]
        history.append((Red(table.state.red_kind[0]), target, Result(table.state.red_result[0])))
    assert (Red.ESCALATE, "User1", Result.LOST) in history
    lost = history.index((Red.ESCALATE, "User1", Result.LOST))
    assert (Red.EXPLOIT, "User1", Result.SUCCESS) in history[lost:]  # and without a new scan
    assert not any(kind == Red.SCAN and host == "User1" for kind, host, _ in history)


def test_restoring_the_server_costs_it_a_step_and_the_way_in() -> None:
    table = Table()
    for host in ("User1", "User2", "Op_Host0", "Op_Server0"):
        table.own(host)
    table.state.swept[:] = True
    table.state.pivot[0, table.subnets["Operational"]] = table.hosts["User2"]
    table.state.pid_known[0, table.hosts["Op_Server0"]] = True
    kinds = []
    for action in ("Restore Op_Server0", "Sleep", "Sleep"):
        table.lay()
        table.play("Sleep", action)
        kinds.append((Red(table.state.red_kind[0]), Result(table.state.red_result[0])))
    assert kinds == [
        (Red.IMPACT, Result.LOST),
        (Red.EXPLOIT, Result.SUCCESS),
        (Red.SLEEP, Result.NOTHING),
    ]
