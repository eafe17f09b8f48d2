"""Refuse a run that cannot fit into memory before it takes the machine down."""

from __future__ import annotations

import psutil

from acd_plugin.envs.blueprint import EnvSizes
from acd_plugin.errors import UserError

_BYTES = 4
_STATE_PER_GAME = 4096  # generous: the simulator's own arrays
_ACTIVATIONS = 24  # numbers kept for the backward pass per step, agent and unit of the network


def check_memory(
    sizes: EnvSizes, games: int, buffer: int = 0, batch: int = 0, hidden_dim: int = 0
) -> None:
    """Raise UserError when ``games`` at once need more memory than there is.

    To learn takes more: a ``buffer`` of episodes, and an update from a ``batch`` of them.
    """
    steps, agents = sizes.episode_limit + 1, sizes.n_agents
    observed = sizes.observation_size + 2 * sizes.n_actions + 4
    episode = steps * _BYTES * (sizes.state_size + agents * observed)
    learning = batch * steps * agents * hidden_dim * _ACTIVATIONS * _BYTES
    needed = (games + buffer) * episode + games * _STATE_PER_GAME + learning
    available = psutil.virtual_memory().available
    if needed > available:
        learned = f", buffer_size={buffer} and batch_size={batch}" if batch else ""
        raise UserError(
            f"batch_size_run={games}{learned} need about {needed / 2**30:.1f} GiB of memory, and "
            f"{available / 2**30:.1f} GiB are free: lower them"
        )
