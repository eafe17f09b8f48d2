"""Observation bits, action order and masks."""

from __future__ import annotations

import pytest

from acd_plugin.envs.cyborg.game import observation
from acd_plugin.envs.cyborg.game.types import Activity, Compromise
from tests.envs.cyborg.games import Table

ACTIVITY_BITS = {Activity.NONE: "00", Activity.SCAN: "10", Activity.EXPLOIT: "11"}
BELIEF_BITS = {
    Compromise.NO: "00",
    Compromise.USER: "01",
    Compromise.UNKNOWN: "10",
    Compromise.PRIVILEGED: "11",
}


def observe(table: Table, *actions: str) -> None:
    observation.observe(table.state, table.rules, 0, table.numbers(*actions))


@pytest.mark.parametrize("activity", Activity)
@pytest.mark.parametrize("belief", Compromise)
def test_each_host_is_four_bits(activity: Activity, belief: Compromise) -> None:
    table = Table()
    host = table.hosts["User2"]
    table.state.activity[0, host] = activity
    table.state.compromise[0, host] = belief
    observe(table)
    assert table.bits(0) == "0000" + ACTIVITY_BITS[activity] + BELIEF_BITS[belief] + "0"
    assert table.bits(1) == "0" * 9


@pytest.mark.parametrize(
    ("env", "agents", "bits", "actions"),
    [
        ("cyborg_small_no_block", 2, 8, 7),
        ("cyborg_small", 2, 9, 8),
        ("cyborg_small_green", 2, 9, 8),
        ("cyborg_large", 3, 18, 15),
    ],
)
def test_sizes(env: str, agents: int, bits: int, actions: int) -> None:
    batch = Table(env=env).batch
    assert batch.observations.shape == (1, agents, bits)
    assert batch.available_actions.shape == (1, agents, actions)
    assert batch.states.shape == (1, agents * bits)


def test_the_first_observation_is_all_zero() -> None:
    assert not Table(env="cyborg_large").state.observation.any()


def test_actions_are_in_the_published_order() -> None:
    table = Table(env="cyborg_large")
    assert table.batch.action_names[1] == [
        "Sleep",
        *(f"Remove Enterprise{i}" for i in range(4)),
        *(f"Restore Enterprise{i}" for i in range(4)),
        *(f"Analyse Enterprise{i}" for i in range(4)),
        "Block User",
        "Block Operational",
    ]


@pytest.mark.parametrize(
    ("actions", "bits"),
    [
        (("Sleep", "Sleep", "Sleep"), ["00", "00", "00"]),
        (("Block Enterprise", "Block Operational", "Block User"), ["10", "01", "10"]),
        (("Block Operational", "Sleep", "Block Enterprise"), ["01", "00", "01"]),
    ],
)
def test_block_bits_show_the_agents_own_block(actions: tuple[str, ...], bits: list[str]) -> None:
    table = Table(env="cyborg_large")
    table.lay()
    table.play(*actions)
    assert [table.bits(agent)[-2:] for agent in range(3)] == bits
    table.lay()
    table.play()
    assert [table.bits(agent)[-2:] for agent in range(3)] == ["00"] * 3


SHOWS_NOTHING = [(Activity.NONE, Compromise.NO), (Activity.SCAN, Compromise.NO)]


@pytest.mark.parametrize("mode", ["free", "detect", "sau"])
@pytest.mark.parametrize("activity", Activity)
@pytest.mark.parametrize("belief", Compromise)
def test_a_host_is_unmasked_by_more_than_a_scan(
    mode: str, activity: Activity, belief: Compromise
) -> None:
    table = Table(f"analyse_mode={mode}")
    host = table.hosts["User1"]
    table.state.activity[0, host] = activity
    table.state.compromise[0, host] = belief
    observe(table)
    allowed = {"Sleep", "Block Operational"}
    if mode == "free":
        allowed |= {"Analyse User1", "Analyse User2"}
    if (activity, belief) not in SHOWS_NOTHING:
        allowed |= {"Remove User1", "Restore User1", "Analyse User1"}
    assert set(table.mask(0)) == allowed


def test_without_the_mask_everything_that_exists_is_allowed() -> None:
    table = Table("action_mask=False", "scenario=branch_office")
    for agent, names in enumerate(table.batch.action_names):
        assert table.mask(agent) == [name for name in names if name]


def test_agents_of_different_size_share_columns() -> None:
    """Reception has one host and two foreign subnets, Staff four hosts, Security two."""
    table = Table("scenario=branch_office", "analyse_mode=free")
    assert table.bits(0) == "0000" + "-" * 12 + "000"
    assert table.bits(1) == "0" * 16 + "00-"
    assert table.bits(2) == "0" * 8 + "-" * 8 + "000"
    reception, staff, _ = table.batch.action_names
    assert reception[1:5] == ["Remove Kiosk0", "", "", ""]
    assert staff[1:5] == ["Remove Desk0", "Remove Desk1", "Remove Printer0", "Remove Camera0"]
    assert reception[-3:] == ["Block Office", "Block Cameras", "Block Vaults"]
    assert staff[-3:] == ["Block Lobby", "Block Vaults", ""]
