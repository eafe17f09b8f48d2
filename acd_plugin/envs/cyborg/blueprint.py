"""The cyber-defence game, ready to be played: scenario and settings, read once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from acd_plugin.configuration.validation import parse
from acd_plugin.envs.blueprint import EnvSizes
from acd_plugin.envs.comm_layout import CommLayout
from acd_plugin.envs.cyborg.cyborg_backend.batch import CyborgBatchEnv
from acd_plugin.envs.cyborg.game.types import Blue
from acd_plugin.envs.cyborg.game_batch import GameBatch
from acd_plugin.envs.cyborg.native_batch import NativeBatchEnv
from acd_plugin.envs.cyborg.rules import build_rules, observation_size
from acd_plugin.envs.cyborg.scenario import load_scenario
from acd_plugin.envs.cyborg.settings import EnvSettings

BACKENDS: dict[str, type[NativeBatchEnv] | type[CyborgBatchEnv]] = {
    "native": NativeBatchEnv,
    "cyborg": CyborgBatchEnv,
}


class CyborgBlueprint:
    """A checked scenario with checked settings; see `Blueprint`."""

    def __init__(self, env_args: Mapping[str, Any]) -> None:
        """Raises UserError when the settings or the scenario that they name are wrong."""
        self.settings = parse(EnvSettings, env_args, "env_args")
        self.scenario = load_scenario(self.settings.scenario)
        self.rules = build_rules(self.scenario, self.settings)

    @property
    def comm_layout(self) -> CommLayout:
        rules, settings = self.rules, self.settings
        return CommLayout(
            host_slots=rules.agent_host.shape[1],
            block_bits=rules.agent_block.shape[1],
            gate_on_host_bits=settings.comm_gate,
            unlocked_by_message=(rules.action_kind == Blue.ANALYSE)
            & (settings.analyse_mode == "sau"),
        )

    @property
    def identity(self) -> Mapping[str, str]:
        content = self.scenario.model_dump_json()
        return {"scenario": hashlib.sha256(f"cyborg {content}".encode()).hexdigest()[:16]}

    def sizes(self) -> EnvSizes:
        agents, actions = self.rules.action_kind.shape
        observed = observation_size(self.rules)
        return EnvSizes(agents, actions, observed, agents * observed, self.settings.time_limit)

    def make_batch(self, n_games: int, seed: int) -> GameBatch:
        """Return ``n_games`` games; UserError when the backend cannot play them."""
        return BACKENDS[self.settings.backend](self.settings, n_games, seed)
