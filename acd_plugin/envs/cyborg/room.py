"""How wide the tables of a game are, so that games of different size can be one batch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from acd_plugin.envs.cyborg.scenario import HOST_ACTIONS, Scenario


class Room(NamedTuple):
    """How many agents a table has room for, and how many of each kind the one with most of it."""

    agents: int
    seen: int  # hosts in an observation
    remove: int
    restore: int
    analyse: int
    protect: int
    block: int  # subnets


def room_of(scenario: Scenario, as_team: bool) -> Room:
    """Return what a scenario needs; ``as_team``: every agent sees what any of them sees."""
    agents = scenario.agents
    acted_on = {
        action: max(len(scenario.hosts_for(agent, action)) for agent in agents)
        for action in HOST_ACTIONS
    }
    return Room(
        agents=len(agents),
        seen=max(len(scenario.seen_by(agent, as_team)) for agent in agents),
        **acted_on,
        block=max(len(scenario.blockable_by(agent)) for agent in agents),
    )


def room_for_all(rooms: Iterable[Room]) -> Room:
    """Return what each of several games fits into."""
    return Room(*map(max, zip(*rooms, strict=True)))
