"""A whole step: reward, statistics, the episode's end, and a clean restart."""

from __future__ import annotations

import numpy as np
import pytest

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.game.types import Level
from acd_plugin.errors import UserError
from tests.envs.cyborg.games import Table, make_batch


@pytest.mark.parametrize(
    ("host", "damage"),
    [("User1", 0.1), ("User4", 0.1), ("Enterprise3", 1.0), ("Op_Host1", 1.0), ("Op_Server0", 10.0)],
)
def test_a_root_session_costs_what_the_host_is_worth_every_step(host: str, damage: float) -> None:
    table = Table(env="cyborg_large")
    table.invade(host, Level.ROOT)
    for _ in range(2):
        table.lay()
        table.play()
        assert table.state.reward[0] == -damage


def test_a_user_session_and_the_foothold_cost_nothing() -> None:
    table = Table()
    table.invade("User1", Level.USER)
    table.lay()
    table.play()
    assert table.state.reward[0] == 0


def test_the_reward_adds_all_damage_and_all_costs() -> None:
    table = Table()
    table.invade("User2", Level.ROOT, known=True)
    table.invade("Op_Server0", Level.ROOT)
    table.lay()
    table.play("Remove User2", "Restore Op_Host0")
    assert table.state.reward[0] == pytest.approx(-(0.1 + 10.0) - (0.5 + 1.0))


def test_the_attackers_action_of_the_step_already_counts() -> None:
    table = Table()
    table.own("User1", since=0, admin=False, level=1)
    table.state.swept[:] = True
    table.state.decisions[0] = 10
    table.lay()
    table.play()
    assert table.of("level", "User1") == Level.ROOT
    assert table.state.reward[0] == -0.1


def test_statistics_count_what_happened() -> None:
    table = Table()
    script = [
        ("Block Operational", "Block User"),
        ("Remove User1", "Restore Op_Host0"),
        ("Analyse User2", "Sleep"),
    ]
    table.lay()
    table.play(*script[0])
    table.invade("Op_Server0", Level.ROOT)
    table.invade("User2", Level.ROOT)
    for actions in script[1:]:
        table.lay()
        table.play(*actions)
    stats = {name: values[0] for name, values in table.batch.episode_stats().items()}
    assert stats == {
        "hosts_compromised": 2,
        "server_compromised_steps": 2,
        "server_safe_steps": 1,
        "blocks": 2,
        "useless_actions": 2,  # the Remove and the Restore; the Analyse found root
        "cost_damage": pytest.approx(2 * 10.1),
        "cost_restore": pytest.approx(1.0),
        "cost_remove_analyse": pytest.approx(0.5),
        "cost_block": 2.0,
    }


def test_a_server_that_never_falls_is_safe_all_the_time() -> None:
    batch = make_batch("time_limit=5")
    batch.reset(0, Purpose.TRAIN)
    for _ in range(5):
        batch.step(np.zeros((1, 2), dtype=np.int64))
    assert batch.episode_stats()["server_safe_steps"][0] == 5


@pytest.mark.parametrize("bootstrap", [False, True])
def test_every_episode_ends_at_the_time_limit(bootstrap: bool) -> None:
    batch = make_batch("time_limit=4", f"bootstrap_at_time_limit={bootstrap}", games=3)
    batch.reset(0, Purpose.TRAIN)
    for step in range(1, 5):
        result = batch.step(np.zeros((3, 2), dtype=np.int64))
        assert result.terminated.tolist() == [step == 4 and not bootstrap] * 3
        assert result.truncated.tolist() == [step == 4 and bootstrap] * 3
    with pytest.raises(UserError, match=r"call reset\(\)"):
        batch.step(np.zeros((3, 2), dtype=np.int64))


def test_reset_carries_nothing_over() -> None:
    rng = np.random.default_rng(0)
    used, fresh = make_batch(games=4), make_batch(games=4)
    used.reset(0, Purpose.TRAIN)
    for _ in range(30):
        used.step(rng.integers(0, 8, (4, 2)))
    for batch in (used, fresh):
        batch.reset(7, Purpose.TEST)
    for name in used.state._fields:
        if name != "dice":  # left over from the last step, rolled anew before the next
            assert (getattr(used.state, name) == getattr(fresh.state, name)).all(), name
    for name in used.totals._fields:
        assert not getattr(used.totals, name).any(), name
