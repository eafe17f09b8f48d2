"""One game of a blueprint, played episode by episode: what all faces for other libraries share.

Shape legend: N agents, A actions, O observation length.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from gymnasium.spaces import Box, Discrete
from numpy.typing import NDArray

from acd_plugin.configuration.ranges import integer
from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.blueprint import Blueprint
from acd_plugin.envs.checked import checked_team
from acd_plugin.envs.names import names_of
from acd_plugin.errors import UserError

_AS_TEXT = "ansi"  # the one `render_mode` that there is


class Outcome(NamedTuple):
    """What came of one step."""

    reward: float  # of the team
    terminated: bool
    truncated: bool
    statistics: dict[str, float]  # of the episode, at its last step


class SingleGame:
    """A batch of one game."""

    def __init__(self, blueprint: Blueprint, seed: int, render_mode: str | None) -> None:
        """UserError for a ``render_mode`` other than None and "ansi"."""
        if render_mode not in (None, _AS_TEXT):
            raise UserError(
                f"render_mode is {render_mode!r}: must be '{_AS_TEXT}', for text, or left out"
            )
        self._render_mode = render_mode
        self._blueprint = blueprint
        self._start(integer("seed", seed, 0))
        self.names = names_of(self._batch)
        sizes = blueprint.sizes()
        self.n_agents = sizes.n_agents
        limit = np.inf if blueprint.comm_layout is None else 1.0  # bits, and -1 for none
        self.observation_space = Box(-limit, limit, (sizes.observation_size,), np.float32)
        self.action_space = Discrete(sizes.n_actions)
        self.state_space = Box(-limit, limit, (sizes.state_size,), np.float32)

    def reset(self, seed: int | None) -> None:
        """Begin the next episode, or the first of a ``seed``; UserError if it cannot be."""
        if seed is not None:
            checked = integer("seed", seed, 0)
            self.close()
            self._start(checked)
        self._batch.reset(self._next_episode, Purpose.TRAIN)
        self._next_episode += 1

    def _start(self, seed: int) -> None:
        self._batch = self._blueprint.make_batch(1, seed)
        self._next_episode = 0

    def step(self, actions: object) -> Outcome:
        """Play one step with one action for each agent; UserError for what is no action."""
        if not self._next_episode:
            raise UserError("no game has begun: call reset() before step()")
        chosen = checked_team(actions, self.names.agents, self._batch.n_actions)
        result = self._batch.step(chosen[np.newaxis])
        terminated, truncated = bool(result.terminated[0]), bool(result.truncated[0])
        statistics = {}
        if terminated or truncated:
            found = self._batch.episode_stats().items()
            statistics = {name: float(values[0]) for name, values in found}
        return Outcome(float(result.rewards[0]), terminated, truncated, statistics)

    def observations(self) -> NDArray[np.float32]:
        """Return what the agents see (N, O)."""
        return self._batch.observations[0].copy()

    def masks(self) -> NDArray[np.int8]:
        """Return 1 where an action is available (N, A)."""
        return self._batch.available_actions[0].astype(np.int8)

    def state(self) -> NDArray[np.float32]:
        return self._batch.states[0].copy()

    def render(self) -> str | None:
        """Return the game as text if that is wanted; UserError when it has no such picture."""
        if self._render_mode is None:
            return None
        draw = getattr(self._batch, "picture", None)
        if draw is None:
            raise UserError(f"{type(self._batch).__name__} has no picture: leave render_mode out")
        return str(draw(game=0))

    def close(self) -> None:
        self._batch.close()
