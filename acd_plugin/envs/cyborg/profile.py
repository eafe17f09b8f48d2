"""What defenders are told of their hosts beforehand, for networks that play any scenario.

A network that has weights of its own for every host learns what each is worth. One that treats all
hosts alike must be told. The profile of a host is what its defender would know of it anyway.

Shape legend: N agents, K hosts that an agent sees, B blocks per agent, F = 7 K + B.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.cyborg.game.types import PADDING
from acd_plugin.envs.cyborg.scenario import Agent, Host, Importance, Scenario

HOST_NUMBERS = (
    *("of low importance", "of medium importance", "of high importance", "shows a subnet"),
    *("exploits that fail", "exploits that give root", "exploits always seen"),
)
BLOCK_NUMBERS = ("shows a subnet of ours",)
_LEVELS: tuple[Importance, ...] = ("low", "medium", "high")


def profiles(
    scenario: Scenario, agent_host: NDArray[np.int64], agent_block: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return what each agent is told (N, F): of its hosts, then of the subnets it can block.

    ``agent_host`` (N, K) and ``agent_block`` (N, B) are their numbers, or PADDING, of which PADDING
    is told.
    """
    of_hosts = np.array([_host_numbers(scenario, host) for host in scenario.hosts])
    of_hosts = np.vstack([of_hosts, np.full(len(HOST_NUMBERS), PADDING)])  # row -1: PADDING
    told = of_hosts[agent_host].reshape(len(agent_host), -1)
    of_blocks = np.full(agent_block.shape, PADDING)
    for number, agent in enumerate(scenario.agents):
        subnets = agent_block[number][agent_block[number] != PADDING]
        of_blocks[number, : len(subnets)] = [
            _shows_a_subnet_of(scenario, agent, int(subnet)) for subnet in subnets
        ]
    return np.hstack([told, of_blocks]).astype(np.float32)


def _host_numbers(scenario: Scenario, host: Host) -> list[float]:
    exploits = scenario.images[host.image].exploits
    return [
        *(float(host.importance == level) for level in _LEVELS),
        float(host.reveals is not None),
        sum(exploit.gives == "fails" for exploit in exploits) / len(exploits),
        sum(exploit.gives == "root" for exploit in exploits) / len(exploits),
        sum(exploit.detected == "always" for exploit in exploits) / len(exploits),
    ]


def _shows_a_subnet_of(scenario: Scenario, agent: Agent, subnet: int) -> bool:
    """Whether the attacker finds a subnet of the agent from the other ``subnet``."""
    return any(host.reveals in agent.defends for host in scenario.subnets[subnet].hosts)
