"""Environments by the name that stands under ``env`` in a configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from acd_plugin.envs.batch_env import BatchEnv
from acd_plugin.envs.comm_layout import CommLayout
from acd_plugin.envs.cyborg_env import CyborgEnv
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
    if hasattr(chosen, "make_batch"):
        batch: BatchEnv = chosen.make_batch(n_games, seed, **env_args)
        return batch
    return EnvLoop(lambda game: chosen(seed=seed + game, **env_args), n_games)


def comm_layout(name: str, env_args: Mapping[str, Any]) -> CommLayout | None:
    """Return how communicating agents read this environment's observations, if it says so."""
    chosen: Any = env_class(name)
    if not hasattr(chosen, "comm_layout"):
        return None
    layout: CommLayout = chosen.comm_layout(**env_args)
    return layout
