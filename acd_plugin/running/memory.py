"""Refuse a run that cannot fit into memory before it takes the machine down."""

from __future__ import annotations

from typing import Any

import psutil

from acd_plugin.envs.registry import make_batch
from acd_plugin.errors import UserError

_BYTES = 4
_STATE_PER_GAME = 4096  # generous: the simulator's own arrays
_ACTIVATIONS = 24  # numbers kept for the backward pass per step, agent and unit of the network


def check_memory(config: dict[str, Any]) -> None:
    """Raise UserError when games, buffer and one update need more memory than there is."""
    env = make_batch(config["env"], 1, 0, config["env_args"])
    steps, agents = env.episode_limit + 1, env.n_agents
    observed = env.observations.shape[2] + 2 * env.n_actions + 4
    episode = steps * _BYTES * (env.states.shape[1] + agents * observed)
    env.close()
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
