"""What our controllers offer beyond EPyMARL's contract; one that was written for it offers nothing.

Shape legend: G games.
"""

from __future__ import annotations

from types import SimpleNamespace

from torch import Tensor

from acd_plugin.components.contracts import EpisodeBatch, Scheme
from acd_plugin.envs.batch_env import Purpose


def extra_scheme(mac_class: object, args: SimpleNamespace) -> Scheme:
    """Return what a controller stores with an episode beside EPyMARL's own entries."""
    offered = getattr(mac_class, "extra_scheme", None)
    return {} if offered is None else offered(args)


def needed_truths(mac_class: object, args: SimpleNamespace) -> tuple[str, ...]:
    """Return the names of the truths (see `BatchEnv.truths`) that a controller reads."""
    offered = getattr(mac_class, "needed_truths", None)
    return () if offered is None else offered(args)


def begin_episodes(mac: object, first_episode: int, purpose: Purpose) -> None:
    """Tell a controller which episodes are the next to begin, if it wants to know."""
    offered = getattr(mac, "begin_episodes", None)
    if offered is not None:
        offered(first_episode, purpose)


def episode_stats(mac: object, batch: EpisodeBatch) -> dict[str, Tensor]:
    """Return what a controller has to say about the episodes it played, each (G,)."""
    offered = getattr(mac, "episode_stats", None)
    return {} if offered is None else offered(batch)
