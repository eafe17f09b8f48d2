"""Environments with PettingZoo's parallel interface, for tests of the adapter."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np


class Discrete(SimpleNamespace):
    """Has ``n``, and ``start`` if its first number is not 0."""


class Box(SimpleNamespace):
    """Has ``shape``."""


class MultiDiscrete(SimpleNamespace):
    """Has ``nvec``."""


class MultiBinary(SimpleNamespace):
    """Has ``n`` and ``shape``."""


class Dict(SimpleNamespace):
    """Has ``spaces``."""


OBSERVED = {
    "ann": Dict(spaces={"observation": Box(shape=(2, 2)), "action_mask": Box(shape=(3,))}),
    "bob": MultiDiscrete(nvec=[2, 3]),
    "cyd": MultiBinary(n=2, shape=(2,)),
}
ACTIONS = {"ann": Discrete(n=3), "bob": Discrete(n=2, start=5), "cyd": Discrete(n=4)}


class Script:
    """Three agents that differ in everything; bob leaves after two steps.

    The rest ends after four: by itself, or cut off if ``truncates``.
    """

    def __init__(self, truncates: bool = False, has_state: bool = True) -> None:
        self.possible_agents = ["ann", "bob", "cyd"]
        self.agents: list[str] = []
        self.truncates = truncates
        self.has_state = has_state
        self.received: list[dict[str, int]] = []
        self.seeds: list[int | None] = []

    def observation_space(self, agent: str) -> object:
        return OBSERVED[agent]

    def action_space(self, agent: str) -> object:
        return ACTIONS[agent]

    def reset(self, seed: int | None = None, options: Any = None) -> tuple[Any, Any]:
        del options
        self.seeds.append(seed)
        self.agents = list(self.possible_agents)
        self._step = 0
        return self._views(), self._infos()

    def step(self, actions: dict[str, int]) -> tuple[Any, ...]:
        assert actions.keys() == set(self.agents)
        self.received.append(actions)
        self._step += 1
        acted, gone = self.agents, ["bob"] if self._step == 2 else []
        if self._step == 4:
            gone = self.agents
        views, infos = self._views(), self._infos()
        self.agents = [agent for agent in acted if agent not in gone]
        cut_off = self.truncates and self._step == 4
        rewards = dict.fromkeys(acted, 1.0)
        terminations = {agent: agent in gone and not cut_off for agent in acted}
        truncations = {agent: agent in gone and cut_off for agent in acted}
        return views, rewards, terminations, truncations, infos

    def _views(self) -> dict[str, Any]:
        mask = np.array([0, 1, 1], np.int8)
        views = {
            "ann": {"observation": np.full((2, 2), self._step), "action_mask": mask},
            "bob": np.array([1, 2]),
            "cyd": np.array([1, 0]),
        }
        return {agent: views[agent] for agent in self.agents}

    def _infos(self) -> dict[str, Any]:
        masks = {"cyd": [1, 0, 0, 1]}
        return {
            agent: {"steps": self._step, "note": "words", "big": np.zeros(3)}
            | ({"action_mask": masks[agent]} if agent in masks else {})
            for agent in self.agents
        }

    def state(self) -> np.ndarray:
        if not self.has_state:
            raise NotImplementedError
        return np.full((2, 1), self._step)

    def render(self) -> str:
        return f"step {self._step}"

    def close(self) -> None:
        self.agents = []
