"""Costs that nobody can incur: of actions that no defender has."""

from __future__ import annotations

from typing import get_args

from acd_plugin.envs.cyborg.game.types import Blue, Rules
from acd_plugin.envs.cyborg.scenario import AgentAction
from acd_plugin.envs.cyborg.settings import ByImportance, Costs


def idle_costs(rules: Rules) -> dict[str, str]:
    """Return the settings of costs that change nothing in a game, with the reason.

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
