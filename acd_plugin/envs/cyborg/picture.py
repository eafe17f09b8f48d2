"""A game as text: what is true, what each defender sees, and what everybody just did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acd_plugin.envs.cyborg.game.types import (
    NOBODY,
    Activity,
    Compromise,
    Level,
    Outcome,
    Red,
    Result,
)

if TYPE_CHECKING:
    from acd_plugin.envs.cyborg.game_batch import GameBatch

_RED_NAMES = {
    Red.SWEEP: "DiscoverRemoteSystems",
    Red.SCAN: "DiscoverNetworkServices",
    Red.EXPLOIT: "ExploitRemoteService",
    Red.ESCALATE: "PrivilegeEscalate",
    Red.IMPACT: "Impact",
}


def picture_of(batch: GameBatch, game: int) -> str:
    """Return several lines of text; ``game`` is the row of the batch to show."""
    state, scenario = batch.state, batch.scenario
    lines = [
        f"step {state.step[game]} of {batch.episode_limit}, reward {state.reward[game]:+.1f}",
        f"  {'host':<14} {'truth':<6} {'seen':<8} {'believed':<11} process known",
    ]
    index = 0
    for subnet in scenario.subnets:
        owner = next(agent.name for agent in scenario.agents if subnet.name in agent.defends)
        lines.append(f"{subnet.name} ({owner})")
        for host in subnet.hosts:
            lines.append(f"  {host.name:<14} {_host_columns(batch, game, index)}")
            index += 1
    if state.step[game] == 0:
        return "\n".join(lines)
    for index, agent in enumerate(scenario.agents):
        lines.append(f"{agent.name:<6} {_blue_action(batch, game, index)}")
    lines.append(f"red    {_red_action(batch, game)}")
    if state.green_host[game] != NOBODY:
        lines.append(f"green  scans {scenario.hosts[state.green_host[game]].name}")
    return "\n".join(lines)


def _host_columns(batch: GameBatch, game: int, host: int) -> str:
    state = batch.state
    truth = Level(state.level[game, host]).name.lower()
    if host == batch.rules.foothold:
        return f"{truth:<6} (the attacker's own host)"
    seen = Activity(state.activity[game, host]).name.lower()
    believed = Compromise(state.compromise[game, host]).name.lower()
    known = "yes" if state.pid_known[game, host] else "no"
    return f"{truth:<6} {seen:<8} {believed:<11} {known}"


def _blue_action(batch: GameBatch, game: int, agent: int) -> str:
    name = batch.action_names[agent][batch.last_actions[game, agent]] or "Sleep"
    outcome = Outcome(batch.state.outcome[game, agent])
    if outcome == Outcome.UNKNOWN:
        return name
    return f"{name}: {outcome.name.lower()}, cost {batch.state.cost[game, agent]:.1f}"


def _red_action(batch: GameBatch, game: int) -> str:
    state, scenario = batch.state, batch.scenario
    kind = Red(state.red_kind[game])
    if kind == Red.SLEEP:
        return "sleeps"
    target = int(state.red_target[game])
    name = scenario.subnets[target].name if kind == Red.SWEEP else scenario.hosts[target].name
    source = scenario.hosts[state.red_source[game]].name
    result = Result(state.red_result[game]).name.lower()
    return f"{_RED_NAMES[kind]} {name} from {source}: {result}"
