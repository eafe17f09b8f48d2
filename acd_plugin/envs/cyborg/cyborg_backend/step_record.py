"""What goes to the worlds, at first and in a step, and what comes back.

Shapes: G games, N agents, H hosts.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.cyborg.game.types import Rules
from acd_plugin.envs.cyborg.scenario import Scenario


class Network(NamedTuple):
    """What a world simulates, read once and sent to the processes."""

    scenario: Scenario
    rules: Rules


class Orders(NamedTuple):
    """What everybody does in this step; the numbers are those of `game.types`."""

    actions: NDArray[np.int64]  # (G, N)
    thwarted: NDArray[np.bool_]  # (G, N) whose action can have no effect
    red_kind: NDArray[np.int64]  # (G,)
    red_target: NDArray[np.int64]  # (G,)
    red_source: NDArray[np.int64]  # (G,)
    green_host: NDArray[np.int64]  # (G,)


class Events(NamedTuple):
    """What happened; the fields are those of `GameState`."""

    level: NDArray[np.int8]  # (G, H)
    pid_known: NDArray[np.bool_]  # (G, H)
    activity: NDArray[np.int8]  # (G, H)
    red_result: NDArray[np.int64]  # (G,)
    red_detected: NDArray[np.bool_]  # (G,)
    outcome: NDArray[np.int8]  # (G, N)
    cost: NDArray[np.float64]  # (G, N)
    useless: NDArray[np.bool_]  # (G, N)
    found_root: NDArray[np.bool_]  # (G, N)
    reward: NDArray[np.float64]  # (G,)


def new_events(games: int, agents: int, hosts: int) -> Events:
    return Events(
        level=np.zeros((games, hosts), np.int8),
        pid_known=np.zeros((games, hosts), np.bool_),
        activity=np.zeros((games, hosts), np.int8),
        red_result=np.zeros(games, np.int64),
        red_detected=np.zeros(games, np.bool_),
        outcome=np.zeros((games, agents), np.int8),
        cost=np.zeros((games, agents), np.float64),
        useless=np.zeros((games, agents), np.bool_),
        found_root=np.zeros((games, agents), np.bool_),
        reward=np.zeros(games, np.float64),
    )
