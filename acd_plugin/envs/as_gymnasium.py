"""Our environments in Gymnasium's registry: a whole team as one player.

Gymnasium knows a single agent. What stands in its registry chooses the actions of all defenders at
once and sees what all of them see: whoever learns that has nobody to talk to. Importing this module
registers ``acd/NAME-v0`` for every environment of ``config/envs``; Gymnasium imports it itself when
it is asked for ``acd_plugin.envs.as_gymnasium:acd/NAME-v0``.

Shape legend: N agents, A actions, O observation length.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, SupportsIndex

import gymnasium
import numpy as np
from gymnasium.spaces import Tuple
from numpy.typing import NDArray

from acd_plugin.configuration.paths import names_in
from acd_plugin.configuration.ranges import integer
from acd_plugin.envs.blueprint import Blueprint
from acd_plugin.envs.named import named_environment
from acd_plugin.envs.single_game import SingleGame

Views = tuple[NDArray[np.float32], ...]  # (O,) of each agent


class GymnasiumTeam(gymnasium.Env[Views, tuple[np.int64, ...]]):
    """One game; an action is one for each defender, the reward that of the team.

    ``info["action_mask"]`` (N, A) is 1 for each action that a defender may choose; the info of the
    last step also has the episode's statistics. ``names`` has the names of actions and bits.
    """

    metadata: ClassVar[dict[str, object]] = {"render_modes": ["ansi"]}  # type: ignore[misc]

    def __init__(self, blueprint: Blueprint, seed: int = 0, render_mode: str | None = None) -> None:
        self._game = SingleGame(blueprint, seed, render_mode)
        self.names = self._game.names
        self.n_agents = self._game.n_agents
        self.render_mode = render_mode
        self.observation_space = Tuple([self._game.observation_space] * self.n_agents)
        self.action_space = Tuple([self._game.action_space] * self.n_agents)

    def reset(
        self, *, seed: int | None = None, options: dict[str, object] | None = None
    ) -> tuple[Views, dict[str, object]]:
        if seed is not None:
            seed = integer("seed", seed, 0)
        super().reset(seed=seed, options=options)
        self._game.reset(seed)
        return tuple(self._game.observations()), {"action_mask": self._game.masks()}

    def step(
        self, action: Sequence[SupportsIndex]
    ) -> tuple[Views, float, bool, bool, dict[str, object]]:
        outcome = self._game.step(action)
        info = {"action_mask": self._game.masks(), **outcome.statistics}
        views = tuple(self._game.observations())
        return views, outcome.reward, outcome.terminated, outcome.truncated, info

    def render(self) -> str | None:
        """Return the game as text, with ``render_mode="ansi"``."""
        return self._game.render()

    def close(self) -> None:
        self._game.close()


def make_team(
    name: str, seed: int = 0, render_mode: str | None = None, **env_args: object
) -> GymnasiumTeam:
    """Return the environment of a file in ``config/envs``; what Gymnasium's registry calls."""
    return GymnasiumTeam(named_environment(name, env_args).blueprint(), seed, render_mode)


for _name in names_in("envs"):
    gymnasium.register(f"acd/{_name}-v0", f"{__name__}:make_team", kwargs={"name": _name})
