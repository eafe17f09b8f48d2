"""What the numbers of actions and the bits of observations are called."""

from __future__ import annotations

from acd_plugin.envs.cyborg.game.types import PADDING, Blue, Rules
from acd_plugin.envs.cyborg.scenario import Scenario

# The four bits of a host: what the monitor saw in the last step, then what the defender believes.
_BIT_MEANINGS = ("seen", "attacked", "doubtful or root", "user or root")


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
    """Return, per agent, what each bit of its observation means ("" where it has no such host)."""
    hosts = [host.name for host in scenario.hosts]
    return [
        [
            *(
                "" if host == PADDING else f"{hosts[host]} {meaning}"
                for host in own
                for meaning in _BIT_MEANINGS
            ),
            *(
                "" if subnet == PADDING else f"blocked {scenario.subnet_names[subnet]}"
                for subnet in targets[len(targets) - rules.block_slots :]
            ),
            *(f"objective is {name}" for name in scenario.objectives if scenario.clues),
        ]
        for own, targets in zip(rules.agent_host, rules.action_target, strict=True)
    ]
