"""The arrays of a game as a `Scene`."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.cyborg.definition import GameDefinition
from acd_plugin.envs.cyborg.game.types import (
    NOBODY,
    Activity,
    Blue,
    Compromise,
    GameState,
    Level,
    Outcome,
    Red,
    Result,
)
from acd_plugin.envs.scene import Attack, Deed, Host, HostState, Network, Scene, Subnet

_ATTACKS = {
    Red.SWEEP: "DiscoverRemoteSystems",
    Red.SCAN: "DiscoverNetworkServices",
    Red.EXPLOIT: "ExploitRemoteService",
    Red.ESCALATE: "PrivilegeEscalate",
    Red.IMPACT: "Impact",
}
_CROSSES_THE_NETWORK = (Red.SWEEP, Red.SCAN, Red.EXPLOIT)


def network_of(definition: GameDefinition) -> Network:
    """Return the scenario's network."""
    rules, scenario = definition.rules, definition.scenario
    names = scenario.subnet_names
    return Network(
        defenders=tuple(definition.agent_names),
        duties=tuple(tuple(agent.defends) for agent in scenario.agents)
        + ((),) * (len(definition.agent_names) - len(scenario.agents)),
        subnets=tuple(
            Subnet(subnet.name, tuple(map(scenario.agents.index, scenario.defenders_of(subnet))))
            for subnet in scenario.subnets
        ),
        hosts=tuple(
            Host(
                host.name,
                int(subnet),
                host.importance,
                None if host.reveals is None else names.index(host.reveals),
            )
            for host, subnet in zip(scenario.hosts, rules.host_subnet, strict=True)
        ),
        foothold=int(rules.foothold),
    )


def scene_of(
    definition: GameDefinition, state: GameState, game: int, actions: NDArray[np.int64]
) -> Scene:
    """Return row ``game`` of the state; ``actions`` (N,) are the defenders' of the last step."""
    begun = state.step[game] > 0
    deeds = tuple(
        _deed(definition, state, game, agent, int(action)) for agent, action in enumerate(actions)
    )
    scanned = int(state.green_host[game])
    return Scene(
        hosts=tuple(_host(state, game, host) for host in range(state.level.shape[1])),
        damage=float(definition.rules.damage[state.level[game] == Level.ROOT].sum()),
        attack=_attack(definition, state, game, actions) if begun else None,
        scanned=None if scanned == NOBODY else scanned,
        deeds=deeds if begun else (),
        objective=int(state.objective[game]),
    )


def _host(state: GameState, game: int, host: int) -> HostState:
    return HostState(
        truth=Level(state.level[game, host]).name.lower(),
        seen=Activity(state.activity[game, host]).name.lower(),
        believed=Compromise(state.compromise[game, host]).name.lower(),
        process_known=bool(state.pid_known[game, host]),
    )


def _deed(definition: GameDefinition, state: GameState, game: int, agent: int, action: int) -> Deed:
    blocked = _aim(definition, state, game, agent, action, Blue.BLOCK)
    return Deed(
        outcome=Outcome(state.outcome[game, agent]).name.lower(),
        cost=float(state.cost[game, agent]),
        useless=bool(state.useless[game, agent]),
        blocks=None if blocked == NOBODY else blocked,
    )


def _attack(
    definition: GameDefinition, state: GameState, game: int, actions: NDArray[np.int64]
) -> Attack | None:
    kind = Red(state.red_kind[game])
    if kind == Red.SLEEP:
        return None
    result = Result(state.red_result[game])
    stopped = _stopped(definition, state, game, actions) if result == Result.FAIL else None
    return Attack(
        name=_ATTACKS[kind],
        source=int(state.red_source[game]),
        target=int(state.red_target[game]),
        at_subnet=kind == Red.SWEEP,
        result=stopped or result.name.lower(),
    )


def _stopped(
    definition: GameDefinition, state: GameState, game: int, actions: NDArray[np.int64]
) -> str | None:
    """Return what kept the attacker's action from working; None: it failed by chance.

    What was blocked or protected fails whatever the dice show.
    """
    rules, kind = definition.rules, state.red_kind[game]
    target = int(state.red_target[game])
    aims = partial(_aim, definition, state, game)
    from_subnet = rules.host_subnet[state.red_source[game]]
    to_subnet = target if kind == Red.SWEEP else rules.host_subnet[target]
    guard = rules.subnet_guard[to_subnet]
    crosses = kind in _CROSSES_THE_NETWORK and guard != NOBODY and from_subnet != to_subnet
    if crosses and aims(guard, actions[guard], Blue.BLOCK) == from_subnet:
        return "blocked"
    protected = [aims(agent, action, Blue.PROTECT) for agent, action in enumerate(actions)]
    return "protected" if kind == Red.EXPLOIT and target in protected else None


def _aim(
    definition: GameDefinition, state: GameState, game: int, agent: int, action: int, kind: Blue
) -> int:
    """Return what an agent's action is aimed at, if it is of that kind and took effect; or NOBODY.

    An exclusive action that another agent wanted, too, takes none.
    """
    rules = definition.rules
    worked = state.outcome[game, agent] == Outcome.SUCCESS
    if rules.action_kind[agent, action] != kind or not worked:
        return NOBODY
    return int(rules.action_target[agent, action])
