"""Refuse a run that cannot fit into memory before it takes the machine down."""

from __future__ import annotations

from typing import Any

import psutil

from acd_plugin.envs.registry import blueprint_of
from acd_plugin.errors import UserError

_BYTES = 4
_STATE_PER_GAME = 4096  # generous: the simulator's own arrays
_ACTIVATIONS = 24  # numbers kept for the backward pass per step, agent and unit of the network


def check_memory(config: dict[str, Any]) -> None:
    """Raise UserError when games, buffer and one update need more memory than there is."""
    sizes = blueprint_of(config["env"], config["env_args"]).sizes()
    steps, agents = sizes.episode_limit + 1, sizes.n_agents
    observed = sizes.observation_size + 2 * sizes.n_actions + 4
    episode = steps * _BYTES * (sizes.state_size + agents * observed)
    games, buffer, batch = (config["batch_size_run"], config["buffer_size"], config["batch_size"])
    learning = batch * steps * agents * config.get("hidden_dim", 64) * _ACTIVATIONS * _BYTES
    needed = (games + buffer) * episode + games * _STATE_PER_GAME + learning
    available = psutil.virtual_memory().available
    if needed > available:
        raise UserError(
            f"batch_size_run={games}, buffer_size={buffer} and batch_size={batch} need about "
            f"{needed / 2**30:.1f} GiB of memory, and {available / 2**30:.1f} GiB are free: "
            "lower them"
        )
