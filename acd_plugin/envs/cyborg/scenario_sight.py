"""What is wrong with what the agents of a scenario see, and are told by clues."""

from __future__ import annotations

from collections.abc import Iterable

from acd_plugin.envs.cyborg.scenario import Agent, Scenario
from acd_plugin.envs.cyborg.scenario_names import host_names, repeated, unknown
from acd_plugin.errors import brief


def sight_problems(scenario: Scenario) -> Iterable[str]:
    problems = [problem for agent in scenario.agents for problem in _list_problems(scenario, agent)]
    yield from problems
    if not problems and not any(scenario.seen_by(agent) for agent in scenario.agents):
        yield "no agent sees a host: give one a 'sees'"


def _list_problems(scenario: Scenario, agent: Agent) -> Iterable[str]:
    """Yield what is wrong with the names that an agent sees."""
    if not isinstance(agent.sees, list):
        return
    if not agent.sees:
        yield f"'sees' of {agent.name} is []: write own, team, nothing or names"
    yield from repeated(f"in 'sees' of {agent.name}", agent.sees)
    places = {*scenario.subnet_names, *host_names(scenario)}
    empty = {
        subnet.name
        for subnet in scenario.subnets
        if [host.name for host in subnet.hosts] == [scenario.foothold]
    }
    if scenario.foothold not in scenario.subnet_names:
        empty.add(scenario.foothold)
    for name in dict.fromkeys(agent.sees):
        yield from unknown(f"sees of {agent.name}", name, places)
        if name in empty:
            yield (
                f"'sees' of {agent.name} has '{brief(name)}', where there is only the foothold, "
                "which nobody sees: leave it out, or write nothing if the agent is to see no host"
            )


def clue_problems(scenario: Scenario) -> Iterable[str]:
    if scenario.clues and len(scenario.objectives) < 2:
        yield "clues tell which of several objectives a game has, and there is only one"


def clue_holder_problems(scenario: Scenario) -> Iterable[str]:
    analysed = {
        host.name for agent in scenario.agents for host in scenario.hosts_for(agent, "analyse")
    }
    for name in scenario.clues:
        if name not in analysed:
            yield f"no agent has 'analyse' on '{name}', where there is a clue"


def clue_reader_problems(scenario: Scenario) -> Iterable[str]:
    """Yield clues that tell nobody: they tell those who see the host."""
    seen = {host.name for agent in scenario.agents for host in scenario.seen_by(agent)}
    for name in scenario.clues:
        if name not in seen:
            yield (
                f"no agent sees '{brief(name)}', where there is a clue, which tells those who see "
                "it: give one a 'sees' that shows it"
            )
