"""The cyber-defence game, ready to be played: scenario and settings, read once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from acd_plugin.configuration.ignored import Ignored
from acd_plugin.envs.blueprint import EnvSizes
from acd_plugin.envs.comm_layout import CommLayout
from acd_plugin.envs.compiled.content import Rule
from acd_plugin.envs.compiled.gpu import check_gpu
from acd_plugin.envs.cyborg.arrays import observation_size
from acd_plugin.envs.cyborg.broadcast import broadcast_of
from acd_plugin.envs.cyborg.certification import rules_name
from acd_plugin.envs.cyborg.comm_layout import layout_of
from acd_plugin.envs.cyborg.cyborg_backend.batch import CyborgBatchEnv
from acd_plugin.envs.cyborg.definition import GameDefinition, define_game
from acd_plugin.envs.cyborg.game_batch import GameBatch
from acd_plugin.envs.cyborg.idle_settings import idle_costs, idle_on
from acd_plugin.envs.cyborg.native_batch import NativeBatchEnv
from acd_plugin.envs.cyborg.networks.chosen import ignored_settings, is_held_out
from acd_plugin.envs.cyborg.plugged import users_part
from acd_plugin.envs.cyborg.trial import try_out
from acd_plugin.envs.device_games import DeviceGames
from acd_plugin.errors import UserError

BACKENDS: dict[str, type[NativeBatchEnv] | type[CyborgBatchEnv]] = {
    "native": NativeBatchEnv,
    "cyborg": CyborgBatchEnv,
}


class CyborgBlueprint:
    """A checked scenario with checked settings; see `Blueprint`."""

    def __init__(self, game: Mapping[str, object] | GameDefinition) -> None:
        """``game`` may be settings, which are read.

        Raises UserError when settings, scenario or functions that they name are wrong.
        """
        self.definition = game if isinstance(game, GameDefinition) else define_game(game)
        self.settings = self.definition.settings
        self.rules = self.definition.rules
        self._broadcast = broadcast_of(self.definition)
        self.remarks = try_out(self.definition)

    @property
    def comm_layout(self) -> CommLayout:
        layout = layout_of(self.rules, self.settings)
        names = tuple(self.definition.agent_names)
        there = len(self.definition.scenario.agents)
        return replace(
            layout,
            broadcast=self._broadcast,
            agents=names,
            always_there=there if there < len(self.rules.action_kind) else None,
        )

    @property
    def identity(self) -> Mapping[str, str]:
        """``rules`` and ``scenario``, and ``attacker`` and ``reward`` where they are a user's."""
        return identity_of(self.definition, self.definition.scenario.model_dump_json())

    @property
    def is_held_out(self) -> bool:
        return is_held_out(self.settings)

    @property
    def ignored(self) -> Ignored:
        idle = idle_on([self.definition.scenario], self.settings)
        return {**ignored_settings(self.settings), **idle, **idle_costs(self.rules)}

    def sizes(self) -> EnvSizes:
        return sizes_of(self.definition)

    def make_batch(self, n_games: int, seed: int) -> GameBatch:
        """Return ``n_games`` games; UserError when the backend cannot play them."""
        return BACKENDS[self.settings.backend](self.definition, n_games, seed)

    def make_device_games(
        self, n_games: int, seeds: Sequence[int], truths: Sequence[str] = ()
    ) -> DeviceGames:
        """Return ``n_games`` games of each seed on a GPU; see `PlayedOnDevice`."""
        if self.settings.backend != "native":
            raise UserError(
                f"backend={self.settings.backend} cannot be played on a GPU: use backend=native, "
                "or play on the CPU"
            )
        check_gpu()
        from acd_plugin.envs.cyborg.device_batch import (  # noqa: PLC0415 - needs what was checked
            DeviceBatch,
        )

        return DeviceBatch(self.definition, n_games, seeds, truths)


def sizes_of(definition: GameDefinition) -> EnvSizes:
    """Return the sizes of a game."""
    agents, actions = definition.rules.action_kind.shape
    observed = observation_size(definition.rules)
    limit = definition.settings.time_limit
    return EnvSizes(agents, actions, observed, agents * observed, limit)


def identity_of(definition: GameDefinition, scenario: str) -> dict[str, str]:
    """Return the names of what defines a game, the content of its ``scenario`` among it."""
    attackers, terms = definition.plugged
    return {
        "rules": rules_name(),
        "scenario": hashlib.sha256(f"cyborg {scenario}".encode()).hexdigest()[:16],
        **_content_of_users("attacker", attackers),
        **_content_of_users("reward", terms),
    }


def _content_of_users(kind: str, functions: Sequence[Rule]) -> dict[str, str]:
    """Return the name of what the functions are made from, unless all of it is in this package."""
    content = users_part(functions)
    return {kind: content.meaning()} if content.files else {}
