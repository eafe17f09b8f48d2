"""What is played: settings, network, rules and compiled program, each made once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from acd_plugin.configuration.validation import parse
from acd_plugin.envs.cyborg.attackers import find_attackers
from acd_plugin.envs.cyborg.game.types import Rules
from acd_plugin.envs.cyborg.names import action_names, agent_names, observation_names
from acd_plugin.envs.cyborg.program import Plugged, Program, compose
from acd_plugin.envs.cyborg.reward_terms import REWARD_TERMS
from acd_plugin.envs.cyborg.room import Room
from acd_plugin.envs.cyborg.rules import build_rules
from acd_plugin.envs.cyborg.scenario import Scenario
from acd_plugin.envs.cyborg.scenario_file import load_scenario
from acd_plugin.envs.cyborg.settings import EnvSettings
from acd_plugin.errors import find


@dataclass(frozen=True)
class GameDefinition:
    """Everything that batches of one game share."""

    settings: EnvSettings
    scenario: Scenario
    rules: Rules
    plugged: Plugged
    program: Program

    @cached_property
    def agent_names(self) -> list[str]:
        """The agents' names, and those of agents that there is only room for."""
        return agent_names(self.scenario, self.rules)

    @cached_property
    def action_names(self) -> list[list[str]]:
        """Per agent, the name of each action column ("" where it has no such action)."""
        return action_names(self.scenario, self.rules)

    @cached_property
    def observation_names(self) -> list[list[str]]:
        """Per agent, what each bit of its observation means ("" where it has no such host)."""
        return observation_names(self.scenario, self.rules)


def define_game(env_args: Mapping[str, object]) -> GameDefinition:
    """Read and check settings and scenario; raises UserError when something in them is wrong."""
    settings = parse(EnvSettings, env_args, "env_args")
    return define(settings, load_scenario(settings.scenario))


def define(settings: EnvSettings, scenario: Scenario, room: Room | None = None) -> GameDefinition:
    """Return what is played on ``scenario``, whatever the settings say of it.

    ``room`` makes it as large as others; UserError for an attacker or reward term that is none.
    """
    plugged = Plugged(
        find_attackers(settings.attacker),
        tuple(find(REWARD_TERMS, "reward term", name) for name in settings.reward_terms),
    )
    rules = build_rules(scenario, settings, room)
    return GameDefinition(settings, scenario, rules, plugged, compose(plugged))
