"""Translate a scenario and its settings into the arrays that the compiled game plays by."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.cyborg.game.types import (
    NOBODY,
    PADDING,
    Blue,
    Detection,
    Level,
    Rules,
)
from acd_plugin.envs.cyborg.scenario import Scenario
from acd_plugin.envs.cyborg.settings import EnvSettings

_GIVES = {"fails": Level.NONE, "user": Level.USER, "root": Level.ROOT}
_DETECTED = {"never": Detection.NEVER, "rate": Detection.RATE, "always": Detection.ALWAYS}
_HOST_ACTIONS = (Blue.REMOVE, Blue.RESTORE, Blue.ANALYSE)


def build_rules(scenario: Scenario, settings: EnvSettings) -> Rules:
    """Return the arrays of ``scenario`` played under ``settings``."""
    hosts = scenario.hosts
    host_index = {host.name: index for index, host in enumerate(hosts)}
    subnet_index = {name: index for index, name in enumerate(scenario.subnet_names)}
    host_subnet = [subnet_index[subnet.name] for subnet in scenario.subnets for _ in subnet.hosts]
    images = [scenario.images[host.image] for host in hosts]
    agent_host = _padded(
        [[host_index[host.name] for host in scenario.hosts_of(agent)] for agent in scenario.agents]
    )
    agent_block = _padded(
        [[subnet_index[name] for name in scenario.blockable_by(agent)] for agent in scenario.agents]
    )
    subnet_owner = [
        next(i for i, agent in enumerate(scenario.agents) if name in agent.defends)
        for name in scenario.subnet_names
    ]
    host_owner = [
        NOBODY if host.name == scenario.foothold else subnet_owner[subnet]
        for host, subnet in zip(hosts, host_subnet, strict=True)
    ]
    kind, target, slot = _action_table(agent_host, agent_block)
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
        objective=host_index[scenario.objective],
        subnet_owner=np.array(subnet_owner),
        host_owner=np.array(host_owner),
        agent_host=agent_host,
        agent_block=agent_block,
        action_kind=kind,
        action_target=target,
        action_slot=slot,
        green_hosts=np.array(
            [host_index[name] for name in scenario.green.hosts] if scenario.green else [],
            dtype=np.int64,
        ),
        green_sleep_probability=scenario.green.sleep_probability if scenario.green else 1.0,
        detection_rate=settings.detection_rate,
        mask_actions=settings.action_mask,
        analyse_free=settings.analyse_mode == "free",
        damage=np.array([costs.damage.of(host.importance) for host in hosts]),
        restore_cost=np.array([costs.restore.of(host.importance) for host in hosts]),
        remove_cost=costs.remove,
        analyse_cost=costs.analyse,
        block_cost=costs.block,
        reward_weights=np.array(list(settings.reward_terms.values()), dtype=np.float64),
    )


def _padded(rows: list[list[int]]) -> NDArray[np.int64]:
    """Return the rows as one array, the short ones filled up with PADDING."""
    table = np.full((len(rows), max(len(row) for row in rows)), PADDING, dtype=np.int64)
    for index, row in enumerate(rows):
        table[index, : len(row)] = row
    return table


def _action_table(
    agent_host: NDArray[np.int64], agent_block: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return kind, target and slot of every action, each (N, A).

    The columns mean the same for every agent (Sleep; Remove, Restore, Analyse of host slot 1..K;
    Block of block slot 1..B), so that agents of different size can share one network.
    """
    agents, slots = agent_host.shape
    blocks = agent_block.shape[1]
    actions = 1 + len(_HOST_ACTIONS) * slots + blocks
    kind = np.full((agents, actions), Blue.ABSENT, dtype=np.int64)
    target = np.full((agents, actions), PADDING, dtype=np.int64)
    slot = np.full((agents, actions), PADDING, dtype=np.int64)
    kind[:, 0] = Blue.SLEEP
    column = 1
    for action in _HOST_ACTIONS:
        columns = slice(column, column + slots)
        target[:, columns] = agent_host
        kind[:, columns] = np.where(agent_host == PADDING, Blue.ABSENT, action)
        slot[:, columns] = np.arange(slots)
        column += slots
    target[:, column:] = agent_block
    kind[:, column:] = np.where(agent_block == PADDING, Blue.ABSENT, Blue.BLOCK)
    slot[:, column:] = np.arange(blocks)
    return kind, target, slot
