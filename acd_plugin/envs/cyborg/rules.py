"""Translate a scenario and its settings into the arrays that the compiled game plays by."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.cyborg.game.types import (
    FREE,
    NEVER,
    NOBODY,
    PADDING,
    Blue,
    Detection,
    Level,
    Rules,
)
from acd_plugin.envs.cyborg.profile import profiles
from acd_plugin.envs.cyborg.room import Room, room_of
from acd_plugin.envs.cyborg.scenario import HOST_ACTIONS, AgentAction, Host, Scenario
from acd_plugin.envs.cyborg.settings import EnvSettings

_GIVES = {"fails": Level.NONE, "user": Level.USER, "root": Level.ROOT}
_DETECTED = {"never": Detection.NEVER, "rate": Detection.RATE, "always": Detection.ALWAYS}
_KINDS: dict[AgentAction, Blue] = {
    "remove": Blue.REMOVE,
    "restore": Blue.RESTORE,
    "analyse": Blue.ANALYSE,
    "protect": Blue.PROTECT,
    "block": Blue.BLOCK,
}


def build_rules(scenario: Scenario, settings: EnvSettings, room: Room | None = None) -> Rules:
    """Return the arrays of ``scenario`` played under ``settings``.

    With ``room`` for more, rows and columns are filled up: agents that it does not have see nothing
    and can only sleep.
    """
    room = room or room_of(scenario, settings.sees == "team")
    nobody: list[list[int]] = [[]] * (room.agents - len(scenario.agents))
    hosts = scenario.hosts
    host_index = {host.name: index for index, host in enumerate(hosts)}
    subnet_index = {name: index for index, name in enumerate(scenario.subnet_names)}
    host_subnet = [subnet_index[subnet.name] for subnet in scenario.subnets for _ in subnet.hosts]
    images = [scenario.images[host.image] for host in hosts]
    seen = [scenario.seen_by(agent, settings.sees == "team") for agent in scenario.agents]
    rows = [[host_index[host.name] for host in row] for row in seen]
    agent_host = _padded(rows + nobody, room.seen)
    rows = [[subnet_index[name] for name in scenario.blockable_by(one)] for one in scenario.agents]
    agent_block = _padded(rows + nobody, room.block)
    column_kind, target = _action_table(scenario, host_index, agent_block, room)
    is_absent = (target == PADDING) & (column_kind != Blue.SLEEP)
    kind = np.where(is_absent, np.int64(Blue.ABSENT), column_kind)
    own_actions = [np.flatnonzero(row != Blue.ABSENT).tolist() for row in kind]
    no_profile = np.empty((room.agents, 0), dtype=np.float32)
    costs = settings.costs
    return Rules(
        host_subnet=np.array(host_subnet),
        host_ports=np.array([len(set(image.ports)) for image in images]),
        exploit_count=np.array([len(image.exploits) for image in images]),
        exploit_gives=_padded([[_GIVES[e.gives] for e in image.exploits] for image in images]),
        exploit_detection=_padded(
            [[_DETECTED[e.detected] for e in image.exploits] for image in images]
        ),
        reveals=np.array(
            [NOBODY if host.reveals is None else subnet_index[host.reveals] for host in hosts]
        ),
        way_in=np.array(
            [host_index.get(scenario.ways_in.get(name, ""), NOBODY) for name in subnet_index]
        ),
        foothold=host_index[scenario.foothold],
        objectives=np.array([host_index[name] for name in scenario.objectives]),
        clues=np.array([host.name in scenario.clues for host in hosts]),
        subnet_guard=np.array([_guard(scenario, name) for name in subnet_index]),
        host_owner=np.array([_owner(scenario, host) for host in hosts]),
        agent_host=agent_host,
        block_slots=agent_block.shape[1],
        column_kind=column_kind,
        action_kind=kind,
        action_target=target,
        action_watch=_watches(kind, target, agent_host, settings),
        own_actions=_padded(own_actions, kind.shape[1]),
        profile=profiles(scenario, agent_host, agent_block)
        if settings.host_profile
        else no_profile,
        has_teamwork=bool(scenario.exclusive or scenario.joint),
        exclusive=sum(2 ** _KINDS[action] for action in scenario.exclusive),
        joint_group=np.array(
            [
                next((n for n, group in enumerate(scenario.joint) if host.name in group), NOBODY)
                for host in hosts
            ]
        ),
        green_hosts=np.array(
            [host_index[name] for name in scenario.green.hosts] if scenario.green else [],
            dtype=np.int64,
        ),
        green_sleep_probability=scenario.green.sleep_probability if scenario.green else 1.0,
        detection_rate=settings.detection_rate,
        damage=np.array([costs.damage.of(host.importance) for host in hosts]),
        restore_cost=np.array([costs.restore.of(host.importance) for host in hosts]),
        remove_cost=costs.remove,
        analyse_cost=costs.analyse,
        block_cost=costs.block,
        protect_cost=costs.protect,
        reward_weights=np.array(list(settings.reward_terms.values()), dtype=np.float64),
    )


def _padded(rows: list[list[int]], width: int | None = None) -> NDArray[np.int64]:
    """Return the rows as one array, the short ones filled up with PADDING.

    It is as wide as the longest row, or ``width``.
    """
    longest = max(len(row) for row in rows) if width is None else width
    table = np.full((len(rows), longest), PADDING, dtype=np.int64)
    for index, row in enumerate(rows):
        table[index, : len(row)] = row
    return table


def _guard(scenario: Scenario, subnet: str) -> int:
    """Return the agent that can block what comes into a subnet, or NOBODY."""
    for index, agent in enumerate(scenario.agents):
        if subnet in agent.defends and scenario.blockable_by(agent):
            return index
    return NOBODY


def _owner(scenario: Scenario, host: Host) -> int:
    """Return the first agent that acts on a host, or NOBODY: of the foothold."""
    for index, agent in enumerate(scenario.agents):
        if host in scenario.hosts_of(agent) and scenario.acts_on_hosts(agent):
            return index
    return NOBODY


def _action_table(
    scenario: Scenario, host_index: Mapping[str, int], agent_block: NDArray[np.int64], room: Room
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the kind of every column of actions (A,) and the targets (N, A), or PADDING.

    The columns mean the same for every agent (Sleep; Remove, Restore, Analyse, Protect of its first
    host, of its second, ...; Block of its first subnet, ...), so that agents of different size can
    share one network. There are as many of a kind as there is room for.
    """
    agents = len(agent_block)
    kinds = [int(Blue.SLEEP)]
    targets = [np.full((agents, 1), PADDING)]
    for action in HOST_ACTIONS:
        hosts = [scenario.hosts_for(agent, action) for agent in scenario.agents]
        own = [[host_index[host.name] for host in row] for row in hosts]
        width = getattr(room, action)
        targets.append(_padded(own + [[]] * (agents - len(own)), width))
        kinds += [int(_KINDS[action])] * width
    targets.append(agent_block)
    kinds += [int(Blue.BLOCK)] * agent_block.shape[1]
    return np.array(kinds), np.concatenate(targets, axis=1)


def _watches(
    kind: NDArray[np.int64],
    target: NDArray[np.int64],
    agent_host: NDArray[np.int64],
    settings: EnvSettings,
) -> NDArray[np.int64]:
    """Return the host (N, A) on which an agent must see a threat before it may act there.

    It need not on a host that it does not see, of which a mask must not tell either.
    """
    limited = [Blue.REMOVE, Blue.RESTORE]
    if settings.analyse_mode != "free":
        limited.append(Blue.ANALYSE)
    is_seen = np.array([np.isin(*row) for row in zip(target, agent_host, strict=True)])
    is_limited = np.isin(kind, limited) & is_seen & settings.action_mask
    return np.where(kind == Blue.ABSENT, NEVER, np.where(is_limited, target, FREE))
