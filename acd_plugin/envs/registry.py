"""Environments by the name that stands under ``env`` in a configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from acd_plugin.envs.batch_env import BatchEnv
from acd_plugin.envs.comm_layout import CommLayout
from acd_plugin.envs.cyborg.cyborg_env import CyborgEnv
from acd_plugin.envs.env_loop import EnvLoop
from acd_plugin.envs.multi_agent_env import MultiAgentEnv
from acd_plugin.errors import find

REGISTRY: dict[str, type[MultiAgentEnv]] = {"cyborg": CyborgEnv}


def env_class(name: str) -> type[MultiAgentEnv]:
    """Return the environment called ``name``; UserError when there is none."""
    return find(REGISTRY, "environment", name)


def make_batch(name: str, n_games: int, seed: int, env_args: Mapping[str, Any]) -> BatchEnv:
    """Return ``n_games`` games that are stepped together.

    An environment that has no batch of its own is stepped in a loop.
    """
    chosen: Any = env_class(name)
    own_args = _own_args(env_args)
    if hasattr(chosen, "make_batch"):
        batch: BatchEnv = chosen.make_batch(n_games, seed, **own_args)
        return batch
    return EnvLoop(lambda game: chosen(seed=seed + game, **own_args), n_games)


def comm_layout(name: str, env_args: Mapping[str, Any]) -> CommLayout | None:
    """Return how communicating agents read this environment's observations, if it says so."""
    chosen: Any = env_class(name)
    if not hasattr(chosen, "comm_layout"):
        return None
    layout: CommLayout = chosen.comm_layout(**_own_args(env_args))
    return layout


def _own_args(env_args: Mapping[str, Any]) -> dict[str, Any]:
    """The environment's own arguments, without those that EPyMARL adds for itself."""
    return {key: value for key, value in env_args.items() if key not in ("seed", "map_name")}
