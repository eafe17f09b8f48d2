"""Refuse a run that cannot fit into memory before it takes the machine down."""

from __future__ import annotations

import psutil

from acd_plugin.configuration.run_settings import RunSettings
from acd_plugin.envs.blueprint import EnvSizes
from acd_plugin.errors import UserError

_BYTES = 4
_STATE_PER_GAME = 4096  # generous: the simulator's own arrays
_ACTIVATIONS = 24  # numbers kept for the backward pass per step, agent and unit of the network


def check_training_memory(settings: RunSettings, sizes: EnvSizes, hidden_dim: int) -> None:
    """Raise UserError when games, buffer and one update need more memory than there is."""
    games, buffer, batch = settings.batch_size_run, settings.buffer_size, settings.batch_size
    per_episode = (sizes.episode_limit + 1) * sizes.n_agents * hidden_dim * _ACTIVATIONS * _BYTES
    _refuse_beyond(
        _playing(sizes, games) + buffer * _episode(sizes) + batch * per_episode,
        f"batch_size_run={games}, buffer_size={buffer} and batch_size={batch}",
    )


def check_playing_memory(sizes: EnvSizes, n_games: int) -> None:
    """Raise UserError when so many games at once need more memory than there is."""
    _refuse_beyond(_playing(sizes, n_games), f"{n_games} games at a time")


def _playing(sizes: EnvSizes, n_games: int) -> int:
    return n_games * (_episode(sizes) + _STATE_PER_GAME)


def _episode(sizes: EnvSizes) -> int:
    """Return the bytes of one stored episode."""
    per_agent = sizes.observation_size + 2 * sizes.n_actions + 4
    per_step = sizes.state_size + sizes.n_agents * per_agent
    return (sizes.episode_limit + 1) * per_step * _BYTES


def _refuse_beyond(needed: int, what: str) -> None:
    available = psutil.virtual_memory().available
    if needed > available:
        raise UserError(
            f"{what} need about {needed / 2**30:.1f} GiB of memory, and "
            f"{available / 2**30:.1f} GiB are free: take fewer"
        )
