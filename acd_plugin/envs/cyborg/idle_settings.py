"""Settings that change nothing on a network: of what is not there, or cannot happen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import get_args

from acd_plugin.envs.cyborg.game.types import Blue, Rules
from acd_plugin.envs.cyborg.networks.chosen import GENERATED
from acd_plugin.envs.cyborg.scenario import AgentAction, Importance, Scenario
from acd_plugin.envs.cyborg.settings import ByImportance, Costs, EnvSettings


def idle_costs(rules: Rules) -> dict[str, str]:
    """Return the costs of actions that no defender has, with the reason.

    What is played on several networks has the actions of all of them.
    """
    found: dict[str, str] = {}
    for action in get_args(AgentAction):
        if Blue[action.upper()] not in rules.column_kind:
            keys = [f"costs.{action}"]
            if Costs.model_fields[action].annotation is ByImportance:
                keys += [f"costs.{action}.{level}" for level in ByImportance.model_fields]
            found |= dict.fromkeys(keys, f"no defender has the action {action} here")
    return found


def idle_on(scenarios: Iterable[Scenario], settings: EnvSettings) -> dict[str, str]:
    """Return the settings that change nothing on any of these networks, with the reason."""
    first, *others = [dict(_idle(scenario, settings)) for scenario in scenarios]
    return {key: reason for key, reason in first.items() if all(key in one for one in others)}


def _idle(scenario: Scenario, settings: EnvSettings) -> Iterator[tuple[str, str]]:
    restored = [host for own in scenario.agents for host in scenario.hosts_for(own, "restore")]
    for level in get_args(Importance):
        if level not in {host.importance for host in scenario.hosts}:
            yield f"costs.damage.{level}", f"no host here has the importance {level}"
        if level not in {host.importance for host in restored}:
            reason = f"no host of the importance {level} can be restored here"
            yield f"costs.restore.{level}", reason
    attacked = {host.image for host in scenario.hosts if host.name != scenario.foothold}
    exploits = [exploit for image in attacked for exploit in scenario.images[image].exploits]
    if all(exploit.detected != "rate" for exploit in exploits):
        yield "detection_rate", "all exploits here are always seen, or never"
    yield from _idle_masks(scenario, settings)
    see_all = all(scenario.seen_by(one, True) == scenario.seen_by(one) for one in scenario.agents)
    if see_all and settings.scenario != GENERATED:  # where it makes room for others who see less
        yield "sees", "every defender here sees all that any of them sees anyway"


def _idle_masks(scenario: Scenario, settings: EnvSettings) -> Iterator[tuple[str, str]]:
    """Yield what changes nothing of which actions are available."""
    as_team = settings.sees == "team"
    limited: set[AgentAction] = {"remove", "restore"}
    if settings.analyse_mode != "free":
        limited.add("analyse")
    own = {
        action
        for agent in scenario.agents
        for action in scenario.actions_of(agent)
        if any(one in scenario.seen_by(agent, as_team) for one in scenario.hosts_for(agent, action))
    }
    if not limited & own:
        yield "action_mask", "no action here depends on what its defender sees"
    if "analyse" not in own:
        yield "analyse_mode", "no defender here has Analyse on a host that it sees"
    elif not settings.action_mask:
        yield "analyse_mode", "with action_mask=False all actions are always available"
