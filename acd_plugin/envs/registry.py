"""Environments by the name that stands under ``env`` in a configuration."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from acd_plugin.envs.batch_env import BatchEnv
from acd_plugin.envs.blueprint import Blueprint, EnvSizes
from acd_plugin.envs.comm_layout import CommLayout
from acd_plugin.envs.cyborg.cyborg_env import CyborgEnv
from acd_plugin.envs.env_loop import EnvLoop
from acd_plugin.envs.multi_agent_env import MultiAgentEnv
from acd_plugin.errors import find

REGISTRY: dict[str, type[MultiAgentEnv]] = {"cyborg": CyborgEnv}


def blueprint_of(name: str, env_args: Mapping[str, Any]) -> Blueprint:
    """Return the environment called ``name`` with these arguments, read and checked.

    Raises UserError when there is none, or when it refuses them.
    """
    chosen: Any = find(REGISTRY, "environment", name)
    # EPyMARL adds these two for itself.
    own = {key: value for key, value in env_args.items() if key not in ("seed", "map_name")}
    if hasattr(chosen, "blueprint"):
        blueprint: Blueprint = chosen.blueprint(**own)
        return blueprint
    return LoopBlueprint(chosen, own)


class LoopBlueprint:
    """An environment that has no batch of its own, and is stepped in a loop."""

    def __init__(self, env_class: type[MultiAgentEnv], env_args: Mapping[str, Any]) -> None:
        self._class: Any = env_class
        self._args = env_args

    @property
    def comm_layout(self) -> CommLayout | None:
        if not hasattr(self._class, "comm_layout"):
            return None
        layout: CommLayout = self._class.comm_layout(**self._args)
        return layout

    @property
    def identity(self) -> Mapping[str, str]:
        content = repr((self._class.__qualname__, sorted(self._args.items())))
        return {"environment": hashlib.sha256(content.encode()).hexdigest()[:16]}

    def sizes(self) -> EnvSizes:
        batch = self.make_batch(1, 0)
        sizes = EnvSizes(
            batch.n_agents,
            batch.n_actions,
            batch.observations.shape[2],
            batch.states.shape[1],
            batch.episode_limit,
        )
        batch.close()
        return sizes

    def make_batch(self, n_games: int, seed: int) -> BatchEnv:
        return EnvLoop(lambda game: self._class(seed=seed + game, **self._args), n_games)
