"""Names in a scenario that stand twice, or stand for nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from acd_plugin.envs.cyborg.scenario import Scenario
from acd_plugin.errors import brief, listing, nearest


def in_subnets(scenario: Scenario) -> Iterable[str]:
    subnets = scenario.subnet_names
    yield from repeated("host", host_names(scenario))
    yield from repeated("subnet", subnets)
    for host in scenario.hosts:
        if host.reveals is not None:
            yield from unknown(f"reveals of {host.name}", host.reveals, subnets)


def of_images(scenario: Scenario) -> Iterable[str]:
    for host in scenario.hosts:
        yield from unknown(f"image of {host.name}", host.image, scenario.images)


def of_agents(scenario: Scenario) -> Iterable[str]:
    yield from repeated("agent", [agent.name for agent in scenario.agents])


def in_defends(scenario: Scenario) -> Iterable[str]:
    places = {*scenario.subnet_names, *host_names(scenario)} - {scenario.foothold}
    for agent in scenario.agents:
        for name in agent.defends:
            yield from unknown(f"defends of {agent.name}", name, places)
        yield from repeated(f"in 'defends' of {agent.name}", agent.defends)


def of_the_foothold(scenario: Scenario) -> Iterable[str]:
    yield from unknown("foothold", scenario.foothold, host_names(scenario))


def of_objectives(scenario: Scenario) -> Iterable[str]:
    yield from repeated("objective", scenario.objectives)
    for name in scenario.objectives:
        yield from unknown("objective", name, host_names(scenario))


def in_clues(scenario: Scenario) -> Iterable[str]:
    yield from repeated("in 'clues' host", scenario.clues)
    for name in scenario.clues:
        yield from unknown("clues", name, host_names(scenario))


def in_joint(scenario: Scenario) -> Iterable[str]:
    grouped = [name for group in scenario.joint for name in group]
    yield from repeated("in 'joint' host", grouped)
    for name in grouped:
        yield from unknown("joint", name, host_names(scenario))


def in_broadcast(scenario: Scenario) -> Iterable[str]:
    agents = [agent.name for agent in scenario.agents]
    for name in scenario.broadcast:
        yield from unknown("agent in 'broadcast'", name, agents)


def in_green(scenario: Scenario) -> Iterable[str]:
    for name in scenario.green.hosts if scenario.green else []:
        yield from unknown("green.hosts", name, host_names(scenario))


def host_names(scenario: Scenario) -> list[str]:
    return [host.name for host in scenario.hosts]


def unknown(key: str, name: str, legal: Mapping[str, object] | Iterable[str]) -> Iterable[str]:
    if name not in legal:
        yield f"{key} is '{brief(name)}'{nearest(name, legal)} (legal: {listing(legal)})"


def repeated(kind: str, names: Sequence[str]) -> Iterable[str]:
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{kind} '{brief(name)}' appears twice"
