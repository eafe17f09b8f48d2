"""Several networks, ready to be played together."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np

from acd_plugin.configuration.ignored import Ignored
from acd_plugin.configuration.validation import parse
from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.blueprint import EnvSizes
from acd_plugin.envs.comm_layout import CommLayout, same_layout
from acd_plugin.envs.cyborg.blueprint import CyborgBlueprint, identity_of, sizes_of
from acd_plugin.envs.cyborg.comm_layout import layout_of
from acd_plugin.envs.cyborg.definition import GameDefinition, define
from acd_plugin.envs.cyborg.game.types import Blue
from acd_plugin.envs.cyborg.idle_settings import idle_costs, idle_on
from acd_plugin.envs.cyborg.networks.chosen import (
    chosen_networks,
    ignored_settings,
    is_held_out,
    is_several,
)
from acd_plugin.envs.cyborg.networks.network_games import NetworkGames
from acd_plugin.envs.cyborg.networks.sets import FixedSet, NetworkSet
from acd_plugin.envs.cyborg.room import Room
from acd_plugin.envs.cyborg.rules import build_rules
from acd_plugin.envs.cyborg.scenario_file import load_scenario
from acd_plugin.envs.cyborg.settings import EnvSettings
from acd_plugin.envs.cyborg.trial import try_out
from acd_plugin.errors import UserError

_KEPT = 256  # games that are kept defined


class NetworksBlueprint:
    """Networks that are played by one team, under the same settings; see `Blueprint`."""

    def __init__(self, settings: EnvSettings, networks: NetworkSet, room: Room) -> None:
        """Raises UserError when settings or functions are wrong, or networks do not go together."""
        self._networks, self._room = networks, room
        first = networks.place(Purpose.TRAIN, 0).network
        self._first = define(settings, networks.scenario(first), room)
        self.remarks = try_out(self._first)
        self._define = lru_cache(maxsize=_KEPT)(self._definition)
        if isinstance(networks, FixedSet):
            self._check_layouts(networks)

    @property
    def comm_layout(self) -> CommLayout:
        """What all have; a message also unlocks what an agent does not have, which is to sleep."""
        layout = _layout(self._first)
        there = self._networks.fewest_agents
        return replace(layout, always_there=there if there < self._room.agents else None)

    @property
    def identity(self) -> Mapping[str, str]:
        """As of a single game; ``scenario`` is of all networks, or of what they are drawn from."""
        return identity_of(self._first, self._networks.content)

    @property
    def is_held_out(self) -> bool:
        return is_held_out(self._first.settings)

    @property
    def ignored(self) -> Ignored:
        settings, networks = self._first.settings, self._networks
        # Under sau a message also unlocks Analyse on hosts that there are not.
        idle = idle_on(networks.scenarios, settings) if isinstance(networks, FixedSet) else {}
        idle.pop("analyse_mode", None)
        return {**ignored_settings(settings), **idle, **idle_costs(self._first.rules)}

    def sizes(self) -> EnvSizes:
        return sizes_of(self._first)

    def make_batch(self, n_games: int, seed: int) -> NetworkGames:
        return NetworkGames(self._networks, self._define, n_games, seed)

    def _definition(self, network: Hashable) -> GameDefinition:
        """Return the game on a network, with the program that is compiled already."""
        scenario = self._networks.scenario(network)
        rules = build_rules(scenario, self._first.settings, self._room)
        return replace(self._first, scenario=scenario, rules=rules)

    def _check_layouts(self, networks: FixedSet) -> None:
        """Refuse networks on which the same number means different things."""
        first = self.comm_layout
        for number, name in enumerate(networks.names):
            layout = _layout(self._define(number))
            if not same_layout(layout, first):
                raise UserError(
                    f"the networks '{networks.names[0]}' and '{name}' cannot be played together: "
                    "agents see other hosts than they act on ('sees'), or are told of objectives "
                    "('clues')"
                )


def _layout(definition: GameDefinition) -> CommLayout:
    """Return a game's layout, in which messages unlock for every agent what they do for any."""
    layout = layout_of(definition.rules, definition.settings)
    is_unlocked = (definition.rules.column_kind == Blue.ANALYSE) & (
        definition.settings.analyse_mode == "sau"
    )
    unlocked = np.repeat(is_unlocked[None], len(definition.rules.action_kind), axis=0)
    return replace(layout, unlocked_by_message=unlocked)


def blueprint_of_game(env_args: Mapping[str, object]) -> CyborgBlueprint | NetworksBlueprint:
    """Return what the settings ask for: one network, or several that are played together."""
    settings = parse(EnvSettings, env_args, "env_args")
    if not is_several(settings):
        return CyborgBlueprint(define(settings, load_scenario(settings.scenario)))
    if settings.backend != "native":
        raise UserError(
            f"backend={settings.backend} plays scenarios of files, one at a time: use "
            "backend=native, or write the network as a file (networks draw)"
        )
    networks, room = chosen_networks(settings)
    if isinstance(networks, FixedSet) and len(networks.scenarios) == 1:
        return CyborgBlueprint(define(settings, networks.scenarios[0], room))
    return NetworksBlueprint(settings, networks, room)
