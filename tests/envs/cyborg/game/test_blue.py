"""The defenders' actions: effect, flag, cost, and the table they leave."""

from __future__ import annotations

import pytest

from acd_plugin.envs.cyborg.game.types import Activity, Compromise, Level, Outcome, Red, Result
from tests.envs.cyborg.games import Table

NO, USER, UNKNOWN, PRIVILEGED = (
    Compromise.NO,
    Compromise.USER,
    Compromise.UNKNOWN,
    Compromise.PRIVILEGED,
)


def act(action: str, level: int, known: bool, believed: int = NO) -> tuple[Table, Outcome, float]:
    """Let Blue0 act on a host in this state while the attacker sweeps."""
    table = Table()
    host = action.split()[1]
    table.invade(host, level, known)
    table.state.compromise[0, table.hosts[host]] = believed
    table.lay()
    table.play(action)
    return table, Outcome(table.state.outcome[0, 0]), float(table.state.cost[0, 0])


def test_sleep_does_nothing_and_is_free() -> None:
    table = Table()
    table.lay()
    table.play()
    assert table.state.outcome[0, 0] == Outcome.UNKNOWN
    assert table.state.cost[0, 0] == 0


@pytest.mark.parametrize(
    ("level", "known", "works"),
    [(0, False, False), (1, False, False), (1, True, True), (2, False, False), (2, True, False)],
)
def test_remove_works_only_on_a_known_user_session(level: int, known: bool, works: bool) -> None:
    table, outcome, cost = act("Remove User1", level, known)
    assert outcome == (Outcome.SUCCESS if works else Outcome.FAIL)
    assert cost == (0.0 if works else 0.5)
    assert table.of("level", "User1") == (0 if works else level)
    assert bool(table.of("pid_known", "User1")) == (known and not works)


@pytest.mark.parametrize(
    ("level", "known", "works"),
    [(0, False, False), (1, False, False), (1, True, True), (2, False, False), (2, True, True)],
)
def test_restore_works_on_any_known_session_and_always_costs(
    level: int, known: bool, works: bool
) -> None:
    table, outcome, cost = act("Restore User1", level, known)
    assert outcome == (Outcome.SUCCESS if works else Outcome.FAIL)
    assert cost == 0.1
    assert table.of("level", "User1") == (0 if works else level)


@pytest.mark.parametrize(
    ("host", "agent", "price"),
    [("User4", 0, 0.1), ("Enterprise0", 1, 1.0), ("Op_Host2", 2, 1.0), ("Op_Server0", 2, 10.0)],
)
def test_restore_costs_what_the_host_is_worth(host: str, agent: int, price: float) -> None:
    table = Table(env="cyborg_large")
    table.lay()
    actions = ["Sleep"] * 3
    actions[agent] = f"Restore {host}"
    table.play(*actions)
    assert table.state.cost[0, agent] == price


@pytest.mark.parametrize(
    ("level", "known", "price"),
    [(0, False, 0.5), (1, False, 0.5), (1, True, 0.5), (2, False, 0.0), (2, True, 0.5)],
)
def test_analyse_is_free_only_when_it_newly_finds_root(
    level: int, known: bool, price: float
) -> None:
    table, outcome, cost = act("Analyse User1", level, known)
    assert outcome == Outcome.SUCCESS
    assert cost == price
    assert table.of("level", "User1") == level
    assert bool(table.of("pid_known", "User1")) == (known or level == 2)


def test_block_always_works_and_costs_one() -> None:
    table = Table()
    for _ in range(2):  # again costs the same
        table.lay()
        table.play("Block Operational", "Block User")
        assert table.state.outcome[0].tolist() == [Outcome.SUCCESS] * 2
        assert table.state.cost[0].tolist() == [1.0, 1.0]


def test_costs_are_settings() -> None:
    table = Table("costs.remove=0.7", "costs.block=2.0", "costs.restore.low=1.0")
    table.lay()
    table.play("Remove User1", "Block User")
    assert table.state.cost[0].tolist() == [0.7, 2.0]
    table.play("Restore User2")
    assert table.state.cost[0, 0] == 1.0


@pytest.mark.parametrize(
    ("action", "level", "known", "believed", "after"),
    [
        ("Analyse User1", 0, False, UNKNOWN, NO),
        ("Analyse User1", 1, True, USER, USER),
        ("Analyse User1", 0, False, PRIVILEGED, PRIVILEGED),
        ("Analyse User1", 2, False, NO, PRIVILEGED),
        ("Analyse User1", 2, True, UNKNOWN, PRIVILEGED),
        ("Restore User1", 2, True, PRIVILEGED, NO),
        ("Restore User1", 1, False, USER, USER),
        ("Remove User1", 1, True, USER, NO),
        ("Remove User1", 1, True, UNKNOWN, NO),
        ("Remove User1", 2, True, USER, UNKNOWN),
        ("Remove User1", 0, False, UNKNOWN, UNKNOWN),
        ("Remove User1", 2, True, PRIVILEGED, PRIVILEGED),
        ("Remove User1", 1, True, NO, NO),
    ],
)
def test_what_is_believed_after_an_action(
    action: str, level: int, known: bool, believed: int, after: int
) -> None:
    table, _, _ = act(action, level, known, believed)
    assert table.of("compromise", "User1") == after


def exploited(table: Table, *actions: str, detection: float = 0.0) -> None:
    """Play a step in which the attacker exploits User1 (always detected)."""
    table.state.swept[:] = True
    table.state.discovered[0, 1] = True
    table.state.ports_known[0, 1] = True
    table.lay(red_target=0.0, detection=detection)
    table.play(*actions)


def test_defenders_act_before_the_attacker() -> None:
    table = Table()
    exploited(table, "Restore User1")
    assert table.state.outcome[0, 0] == Outcome.FAIL  # the session came only afterwards
    assert table.of("level", "User1") == Level.USER
    assert table.of("compromise", "User1") == USER


def test_a_detected_exploit_overwrites_what_was_believed() -> None:
    table = Table()
    table.state.compromise[0, 1] = PRIVILEGED
    exploited(table)
    assert table.of("activity", "User1") == Activity.EXPLOIT
    assert table.of("compromise", "User1") == USER
    assert table.of("pid_known", "User1")


def test_activity_lasts_one_step_and_beliefs_last() -> None:
    table = Table()
    exploited(table)
    table.lay()
    table.play()
    assert table.of("activity", "User1") == Activity.NONE
    assert table.of("compromise", "User1") == USER


def test_an_undetected_exploit_can_only_be_analysed_once_it_is_root() -> None:
    table = Table()
    table.invade("User2", Level.USER)
    for action in ("Remove User2", "Restore User2", "Analyse User2"):
        table.lay()
        table.play(action)
        assert table.of("level", "User2") == Level.USER
        assert table.of("compromise", "User2") == NO
    table = Table()
    table.invade("User2", Level.ROOT)
    for action in ("Analyse User2", "Restore User2"):
        table.lay()
        table.play(action)
    assert table.of("level", "User2") == Level.NONE


def test_a_detected_root_exploit_shows_user_and_remove_fails_on_it() -> None:
    table = Table()
    table.own("User2")
    table.state.swept[:] = True
    table.state.discovered[:] = True
    table.state.ports_known[0, 1:4] = True
    table.state.owned_since[0, 1] = 0
    table.state.admin[0, 1] = True
    table.state.pivot[0, 1] = table.hosts["User2"]
    table.state.ports_known[0, 4] = True
    table.lay(red_target=0.0)
    table.play()
    assert (table.state.red_kind[0], table.state.red_result[0]) == (Red.EXPLOIT, Result.SUCCESS)
    assert table.of("level", "Op_Host0") == Level.ROOT
    assert table.of("compromise", "Op_Host0") == USER
    table.lay()
    table.play("Sleep", "Remove Op_Host0")
    assert table.state.outcome[0, 1] == Outcome.FAIL
    assert table.of("compromise", "Op_Host0") == UNKNOWN
