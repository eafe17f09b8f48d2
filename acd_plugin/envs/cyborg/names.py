"""What the numbers of actions and the bits of observations are called."""

from __future__ import annotations

from collections.abc import Sequence

from acd_plugin.envs.cyborg.game.types import PADDING, Blue, Rules
from acd_plugin.envs.cyborg.profile import BLOCK_NUMBERS, HOST_NUMBERS
from acd_plugin.envs.cyborg.scenario import Scenario

# The four bits of a host: what the monitor saw in the last step, then what the defender believes.
_BIT_MEANINGS = ("seen", "attacked", "doubtful or root", "user or root")


def agent_names(scenario: Scenario, rules: Rules) -> list[str]:
    """Return the names of the agents, and of those that there is only room for."""
    names = [agent.name for agent in scenario.agents]
    return names + [f"Nobody{number}" for number in range(len(names), len(rules.action_kind))]


def action_names(scenario: Scenario, rules: Rules) -> list[list[str]]:
    """Return, per agent, the name of each action column ("" where the agent has no such action)."""
    hosts = [host.name for host in scenario.hosts]
    return [
        [
            _action_name(Blue(kind), int(target), hosts, scenario.subnet_names)
            for kind, target in zip(kinds, targets, strict=True)
        ]
        for kinds, targets in zip(rules.action_kind, rules.action_target, strict=True)
    ]


def _action_name(kind: Blue, target: int, hosts: list[str], subnets: list[str]) -> str:
    if kind == Blue.ABSENT:
        return ""
    if kind == Blue.SLEEP:
        return "Sleep"
    return f"{kind.name.capitalize()} {subnets[target] if kind == Blue.BLOCK else hosts[target]}"


def observation_names(scenario: Scenario, rules: Rules) -> list[list[str]]:
    """Return, per agent, what each number it observes means ("" where it has no such host)."""
    return [_names_seen(scenario, rules, agent) for agent in range(len(rules.agent_host))]


def _names_seen(scenario: Scenario, rules: Rules, agent: int) -> list[str]:
    targets = rules.action_target[agent]
    hosts = [
        _name(number, [host.name for host in scenario.hosts]) for number in rules.agent_host[agent]
    ]
    subnets = [
        _name(number, scenario.subnet_names)
        for number in targets[len(targets) - rules.block_slots :]
    ]
    names = [
        *_each(hosts, _BIT_MEANINGS, "{place} {meaning}"),
        *_each(subnets, ("blocked",), "{meaning} {place}"),
        *(f"objective is {name}" for name in scenario.objectives if scenario.clues),
    ]
    if rules.profile.size:
        names += _each(hosts, HOST_NUMBERS, "{place} {meaning}")
        names += _each(subnets, BLOCK_NUMBERS, "{place} {meaning}")
    return names


def _name(number: int, names: list[str]) -> str:
    return "" if number == PADDING else names[number]


def _each(places: list[str], meanings: Sequence[str], form: str) -> list[str]:
    return [
        form.format(place=place, meaning=meaning) if place else ""
        for place in places
        for meaning in meanings
    ]
