"""An objective drawn for every game, who can find it out, and who can protect it."""

from __future__ import annotations

from collections import Counter

import pytest

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.game.types import NOBODY, Level, Red, Result
from tests.envs.cyborg.games import Table, make_batch

HIDDEN = "hidden_target"


def at_server(table: Table, target: str) -> None:
    """Let the attacker stand before the exploit of a server."""
    table.own("Gate0")
    table.state.swept[:] = True
    table.state.discovered[:] = True
    table.state.pivot[0, table.subnets["Servers"]] = table.hosts["Gate0"]
    table.state.ports_known[0, table.hosts[target]] = True
    table.state.objective[0] = table.hosts[target]
    for host in table.hosts:  # everything else is out of the paper's attacker's reach
        if host.startswith("Server") and host != target:
            table.state.discovered[0, table.hosts[host]] = False


def test_every_game_draws_one_of_the_objectives() -> None:
    batch = make_batch(games=800, env=HIDDEN)
    batch.reset(0, Purpose.TRAIN)
    drawn = Counter(batch.state.objective.tolist())
    assert drawn.keys() == set(batch.rules.objectives.tolist())
    assert all(150 < times < 250 for times in drawn.values())
    first = batch.state.objective.copy()
    batch.reset(800, Purpose.TRAIN)
    assert (batch.state.objective != first).any()
    single = make_batch(games=9)
    single.reset(0, Purpose.TRAIN)
    assert (single.state.objective == single.rules.objectives[0]).all()


def test_root_found_on_a_host_with_a_clue_tells_those_who_see_it() -> None:
    table = Table(env=HIDDEN)
    table.state.objective[0] = table.hosts["Server2"]
    for level, clue in ((Level.NONE, "0000"), (Level.USER, "0000"), (Level.ROOT, "0010")):
        table.invade("Gate0", level)
        table.lay()
        table.play("Analyse Gate0")
        assert table.bits(0)[-4:] == clue
        assert table.bits(1) == "----0000"  # the guard sees nothing, and is told nothing
    table.lay()
    table.play()
    assert table.bits(0)[-4:] == "0010"  # what is known is not forgotten
    table.batch.reset(1, Purpose.TRAIN)
    assert table.bits(0) == "00000000"
    assert (table.state.clue == NOBODY).all()


def test_a_team_that_sees_all_is_told_together() -> None:
    table = Table("sees=team", env=HIDDEN)
    table.state.objective[0] = table.hosts["Server1"]
    table.invade("Gate0", Level.ROOT)
    table.lay()
    table.play("Analyse Gate0")
    assert table.bits(0) == table.bits(1)
    assert table.bits(0)[-4:] == "0100"


@pytest.mark.parametrize(
    ("action", "result"),
    [
        ("Protect Server1", Result.FAIL),
        ("Protect Server0", Result.SUCCESS),
        ("Sleep", Result.SUCCESS),
    ],
)
def test_an_exploit_of_a_protected_host_fails(action: str, result: Result) -> None:
    table = Table(env=HIDDEN)
    at_server(table, "Server1")
    table.lay()
    table.play("Sleep", action)
    assert (table.state.red_kind[0], table.state.red_result[0]) == (Red.EXPLOIT, result)
    assert table.of("level", "Server1") == (0 if result == Result.FAIL else Level.ROOT)
    cost = 0.0 if action == "Sleep" else 0.01
    assert table.state.cost[0].tolist() == [0.0, cost]
    assert table.totals.block_cost[0] == cost


def test_protection_lasts_for_one_step_and_leaves_sessions_alone() -> None:
    table = Table(env=HIDDEN)
    at_server(table, "Server1")
    for action, level in (("Protect Server1", 0), ("Sleep", 2), ("Protect Server1", 2)):
        table.lay()
        table.play("Sleep", action)
        assert table.of("level", "Server1") == level


def test_the_attacker_strikes_the_objective_of_its_game() -> None:
    table = Table(env=HIDDEN)
    at_server(table, "Server3")
    table.own("Server3")
    table.lay()
    table.play()
    assert (table.state.red_kind[0], table.state.red_target[0]) == (
        Red.IMPACT,
        table.hosts["Server3"],
    )
    assert table.totals.objective_steps[0] == 1
