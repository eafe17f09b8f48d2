"""What a batch of games looks like to whoever plays them.

Shapes: G games, N agents, A actions, O observation length.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray


class Purpose(IntEnum):
    """What games are played for; each purpose has random streams of its own."""

    TRAIN = 0
    TEST = 1
    EVALUATE = 2


class BatchStep(NamedTuple):
    """What a step of all games returns; games that had ended before have reward 0."""

    rewards: NDArray[np.float64]  # (G,)
    terminated: NDArray[np.bool_]  # (G,) the game is over
    truncated: NDArray[np.bool_]  # (G,) it was cut off by the time limit and could go on


class BatchEnv(Protocol):
    """Games stepped together.

    After `reset` and every `step` the arrays hold what the agents are handed next; they are
    overwritten by the following call.
    """

    n_games: int
    n_agents: int
    n_actions: int
    episode_limit: int

    @property
    def observations(self) -> NDArray[np.float32]:
        """What each agent sees (G, N, O)."""
        ...

    @property
    def available_actions(self) -> NDArray[np.bool_]:
        """Action masks (G, N, A)."""
        ...

    @property
    def states(self) -> NDArray[np.float32]:
        """Global states (G, state size)."""
        ...

    def reset(self, first_episode: int, purpose: Purpose) -> None:
        """Begin episodes ``first_episode``, ``first_episode + 1``, ... in games 0, 1, ..."""
        ...

    def step(self, actions: NDArray[np.int64]) -> BatchStep:
        """Play one step with ``actions`` (G, N); games that have ended ignore theirs."""
        ...

    def episode_stats(self) -> dict[str, NDArray[np.float64]]:
        """Return the statistics of the episodes that were just played, each (G,)."""
        ...

    def truths(self) -> Mapping[str, NDArray[np.bool_]]:
        """Return named facts about each agent's situation now that no agent sees, each (G, N).

        For controls and for the analysis of messages; empty where an environment tells none.
        """
        ...

    def close(self) -> None:
        """Free what the games hold."""
        ...


@runtime_checkable
class NamedGames(Protocol):
    """A `BatchEnv` whose games are of several kinds, whose returns are also told one by one."""

    @property
    def game_names(self) -> Sequence[str]:
        """Return the name of each game's kind (G,), or nothing where there are too many kinds."""
        ...
