"""Greedy games of a trained policy, the same for every policy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.runners.playing import EpisodePlayer


def evaluate(player: EpisodePlayer, episodes: int) -> dict[str, NDArray[np.float64]]:
    """Play evaluation episodes 0 to ``episodes - 1``.

    Returns arrays of that length: ``return`` and every episode statistic.
    """
    parts: list[dict[str, NDArray[np.float64]]] = []
    for first in range(0, episodes, player.env.n_games):
        played = player.play(first, Purpose.EVALUATE)
        parts.append({"return": played.returns, **played.stats})
    return {name: np.concatenate([part[name] for part in parts])[:episodes] for name in parts[0]}
