"""Our environments as PettingZoo's parallel environments; `pettingzoo_env` is the other way round.

Shape legend: A actions, O observation length.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from gymnasium.spaces import Box, Discrete
from numpy.typing import NDArray
from pettingzoo.utils.env import ParallelEnv

from acd_plugin.envs.blueprint import Blueprint
from acd_plugin.envs.single_game import SingleGame
from acd_plugin.errors import UserError, brief, find, listing

Views = dict[str, NDArray[np.float32]]  # (O,) each
Info = dict[str, NDArray[np.int8] | float]


class PettingZooTeam(ParallelEnv):  # type: ignore[misc]  # PettingZoo ships no type hints
    """One game: every agent is handed the reward of the team, and all end together.

    ``infos[agent]["action_mask"]`` (A,) is 1 for each action that the agent may choose; the infos
    of the last step also have the episode's statistics. `reset` without a seed begins the next
    game, with one the first game of that seed. ``names`` has the names of actions and bits.
    """

    metadata: ClassVar[dict[str, object]] = {
        "name": "acd_plugin",
        "render_modes": ["ansi"],
    }

    def __init__(self, blueprint: Blueprint, seed: int = 0, render_mode: str | None = None) -> None:
        self._game = SingleGame(blueprint, seed, render_mode)
        self.names = self._game.names
        self.render_mode = render_mode
        self.possible_agents = list(self.names.agents)
        self.agents: list[str] = []
        self.observation_spaces = dict.fromkeys(self.possible_agents, self._game.observation_space)
        self.action_spaces = dict.fromkeys(self.possible_agents, self._game.action_space)
        self.state_space = self._game.state_space

    def observation_space(self, agent: str) -> Box:
        return find(self.observation_spaces, "agent", str(agent))

    def action_space(self, agent: str) -> Discrete:
        return find(self.action_spaces, "agent", str(agent))

    def reset(
        self, seed: int | None = None, options: dict[str, object] | None = None
    ) -> tuple[Views, dict[str, Info]]:
        del options  # part of the contract
        self._game.reset(seed)
        self.agents = list(self.possible_agents)
        return self._views(), self._infos({})

    def step(
        self, actions: Mapping[str, int]
    ) -> tuple[Views, dict[str, float], dict[str, bool], dict[str, bool], dict[str, Info]]:
        """Play one step; UserError unless a game has begun and every agent has a legal action."""
        if not self.agents:
            raise UserError("no game is being played: call reset() before step()")
        if not isinstance(actions, Mapping):
            raise UserError(
                f"actions are {brief(repr(actions))}: give a dictionary with the action of each of "
                f"{listing(self.agents)}"
            )
        if set(actions) != set(self.agents):
            raise UserError(
                f"actions are of {listing(actions) or 'nobody'}: give one for each of "
                f"{listing(self.agents)}"
            )
        acted = self.agents
        outcome = self._game.step([actions[agent] for agent in self.possible_agents])
        if outcome.terminated or outcome.truncated:
            self.agents = []
        return (
            self._views(),
            dict.fromkeys(acted, outcome.reward),
            dict.fromkeys(acted, outcome.terminated),
            dict.fromkeys(acted, outcome.truncated),
            self._infos(outcome.statistics),
        )

    def _views(self) -> Views:
        return dict(zip(self.possible_agents, self._game.observations(), strict=True))

    def _infos(self, statistics: Mapping[str, float]) -> dict[str, Info]:
        masks = self._game.masks()
        return {
            agent: {"action_mask": mask, **statistics}
            for agent, mask in zip(self.possible_agents, masks, strict=True)
        }

    def state(self) -> NDArray[np.float32]:
        return self._game.state()

    def render(self) -> str | None:
        """Return the game as text, with ``render_mode="ansi"``."""
        return self._game.render()

    def close(self) -> None:
        self._game.close()
