"""A game as text: what is true, what each defender sees, and what everybody just did."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.cyborg.definition import GameDefinition
from acd_plugin.envs.cyborg.game.types import (
    NOBODY,
    Activity,
    Compromise,
    GameState,
    Level,
    Outcome,
    Red,
    Result,
)

_RED_NAMES = {
    Red.SWEEP: "DiscoverRemoteSystems",
    Red.SCAN: "DiscoverNetworkServices",
    Red.EXPLOIT: "ExploitRemoteService",
    Red.ESCALATE: "PrivilegeEscalate",
    Red.IMPACT: "Impact",
}


def picture_of(
    definition: GameDefinition, state: GameState, game: int, actions: NDArray[np.int64]
) -> str:
    """Return row ``game`` of the state as several lines of text.

    ``actions`` (N,) are the defenders' of the last step.
    """
    scenario = definition.scenario
    lines = [
        f"step {state.step[game]} of {definition.settings.time_limit}, "
        f"reward {state.reward[game]:+.1f}",
        f"  {'host':<14} {'truth':<6} {'seen':<8} {'believed':<11} process known",
    ]
    index = 0
    for subnet in scenario.subnets:
        owner = next(agent.name for agent in scenario.agents if subnet.name in agent.defends)
        lines.append(f"{subnet.name} ({owner})")
        for host in subnet.hosts:
            lines.append(f"  {host.name:<14} {_host_columns(definition, state, game, index)}")
            index += 1
    if state.step[game] == 0:
        return "\n".join(lines)
    for index, agent in enumerate(scenario.agents):
        name = definition.action_names[index][actions[index]] or "Sleep"
        lines.append(f"{agent.name:<6} {name}{_outcome(state, game, index)}")
    lines.append(f"red    {_red_action(definition, state, game)}")
    if state.green_host[game] != NOBODY:
        lines.append(f"green  scans {scenario.hosts[state.green_host[game]].name}")
    return "\n".join(lines)


def _host_columns(definition: GameDefinition, state: GameState, game: int, host: int) -> str:
    truth = Level(state.level[game, host]).name.lower()
    if host == definition.rules.foothold:
        return f"{truth:<6} (the attacker's own host)"
    seen = Activity(state.activity[game, host]).name.lower()
    believed = Compromise(state.compromise[game, host]).name.lower()
    known = "yes" if state.pid_known[game, host] else "no"
    return f"{truth:<6} {seen:<8} {believed:<11} {known}"


def _outcome(state: GameState, game: int, agent: int) -> str:
    outcome = Outcome(state.outcome[game, agent])
    if outcome == Outcome.UNKNOWN:
        return ""
    return f": {outcome.name.lower()}, cost {state.cost[game, agent]:.1f}"


def _red_action(definition: GameDefinition, state: GameState, game: int) -> str:
    scenario = definition.scenario
    kind = Red(state.red_kind[game])
    if kind == Red.SLEEP:
        return "sleeps"
    target = int(state.red_target[game])
    name = scenario.subnets[target].name if kind == Red.SWEEP else scenario.hosts[target].name
    source = scenario.hosts[state.red_source[game]].name
    result = Result(state.red_result[game]).name.lower()
    return f"{_RED_NAMES[kind]} {name} from {source}: {result}"
