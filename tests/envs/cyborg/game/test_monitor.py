"""From events to what the defenders see, with and without an innocent user in the way."""

from __future__ import annotations

import pytest

from acd_plugin.envs.cyborg.game import green, monitor
from acd_plugin.envs.cyborg.game.types import NOBODY, Activity, Compromise, Dice, Red, Result
from tests.envs.cyborg.games import NEVER, Table

NONE, SCAN, EXPLOIT = Activity.NONE, Activity.SCAN, Activity.EXPLOIT


@pytest.mark.parametrize(
    ("items", "ports", "activity"),
    [
        (0, 0, NONE),
        (1, 1, SCAN),
        (4, 4, SCAN),
        (3, 1, EXPLOIT),
        (12, 1, EXPLOIT),
        (2, 1, NONE),
        (7, 4, NONE),
        (8, 4, NONE),
    ],
)
def test_classification(items: int, ports: int, activity: Activity) -> None:
    assert monitor.classify(items, ports) == activity


# What happens to a host in one step -> what is seen, on a host with one port and with several.
CASES = [
    ("nothing", False, NONE, NONE),
    ("nothing", True, SCAN, SCAN),
    ("scan", False, SCAN, SCAN),
    ("scan", True, NONE, NONE),
    ("detected", False, EXPLOIT, EXPLOIT),
    ("detected", True, EXPLOIT, NONE),  # with several ports the alarm drowns
    ("undetected", False, NONE, NONE),
    ("undetected", True, SCAN, SCAN),
]


@pytest.mark.parametrize(("event", "green_too", "one_port", "several_ports"), CASES)
@pytest.mark.parametrize("host", ["Op_Host0", "User2"])
def test_pooled_events(
    event: str, green_too: bool, one_port: Activity, several_ports: Activity, host: str
) -> None:
    table = Table("scenario=dial_2_subnets_green")
    state, index = table.state, table.hosts[host]
    if event != "nothing":
        state.red_kind[0] = Red.SCAN if event == "scan" else Red.EXPLOIT
        state.red_target[0] = index
        state.red_result[0] = Result.SUCCESS
        state.red_detected[0] = event == "detected"
    state.green_host[0] = index if green_too else NOBODY
    monitor.watch(state, table.rules, 0)
    monitor.mark_exploits(state, table.rules, 0)
    seen = one_port if host == "Op_Host0" else several_ports
    assert table.of("activity", host) == seen
    believed = Compromise.USER if seen == EXPLOIT else Compromise.NO
    assert table.of("compromise", host) == believed


def test_a_drowned_alarm_still_tells_the_process() -> None:
    table = Table("scenario=dial_2_subnets_green")
    table.state.swept[:] = True
    table.state.discovered[0, 1] = table.state.ports_known[0, 1] = True
    table.lay(red_target=0.0, green_acts=NEVER, green_host=0.0)  # green scans User1
    table.play()
    assert table.of("level", "User1") == 1
    assert table.of("activity", "User1") == NONE
    assert table.of("compromise", "User1") == Compromise.NO
    assert table.of("pid_known", "User1")


def test_failed_and_blocked_actions_and_sweeps_are_never_seen() -> None:
    table = Table()
    for kind, result in (
        (Red.SCAN, Result.FAIL),
        (Red.EXPLOIT, Result.FAIL),
        (Red.SCAN, Result.LOST),
    ):
        table.state.red_kind[0] = kind
        table.state.red_target[0] = 1
        table.state.red_result[0] = result
        monitor.watch(table.state, table.rules, 0)
        assert not table.state.activity.any()
    table.state.red_kind[0], table.state.red_result[0] = Red.SWEEP, Result.SUCCESS
    monitor.watch(table.state, table.rules, 0)
    assert not table.state.activity.any()


@pytest.mark.parametrize(
    ("acts", "host", "scanned"),
    [
        (0.49, 0.0, None),
        (0.5, 0.0, "User1"),
        (0.9, 0.34, "User2"),
        (0.9, 0.999, "Op_Host0"),
    ],
)
def test_green_sleeps_half_the_time_and_scans_three_hosts_alike(
    acts: float, host: float, scanned: str | None
) -> None:
    table = Table("scenario=dial_2_subnets_green")
    table.state.dice[0, Dice.GREEN_ACTS] = acts
    table.state.dice[0, Dice.GREEN_HOST] = host
    green.act(table.state, table.rules, 0)
    expected = NOBODY if scanned is None else table.hosts[scanned]
    assert table.state.green_host[0] == expected


def test_without_green_nobody_scans() -> None:
    table = Table()
    table.state.dice[0, Dice.GREEN_ACTS] = NEVER
    green.act(table.state, table.rules, 0)
    assert table.state.green_host[0] == NOBODY
