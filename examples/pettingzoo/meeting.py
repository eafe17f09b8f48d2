"""An environment of one's own with PettingZoo's parallel interface.

    python main.py --config=qmix --env-config=examples/pettingzoo/meeting.yaml

Two walkers on a line of cells want to meet. PettingZoo itself is not needed: whatever has these
methods, and spaces with these attributes, will do.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from acd_plugin.envs.pettingzoo_env import from_pettingzoo
from acd_plugin.envs.registry import register_env

STEPS = (-1, 0, 1)  # what each action does: left, stay, right


class Box(NamedTuple):
    """As `gymnasium.spaces.Box`: an array of numbers."""

    shape: tuple[int, ...]


class Discrete(NamedTuple):
    """As `gymnasium.spaces.Discrete`: one of ``n`` numbers."""

    n: int


class Meeting:
    """Each step apart costs 1; everybody sees both places."""

    def __init__(self, cells: int = 7) -> None:
        self.cells = cells
        self.possible_agents = ["left", "right"]
        self.agents: list[str] = []
        self._rng = np.random.default_rng()

    def observation_space(self, agent: str) -> Box:  # noqa: ARG002 - the same for both
        return Box((2,))

    def action_space(self, agent: str) -> Discrete:  # noqa: ARG002
        return Discrete(len(STEPS))

    def reset(
        self, seed: int | None = None, options: object = None
    ) -> tuple[dict[str, np.ndarray], dict[str, dict[str, object]]]:
        del options
        if seed is not None:
            self._rng = np.random.default_rng(seed)
        self.agents = list(self.possible_agents)
        self.places = self._rng.integers(0, self.cells, 2)
        return self._views(), {agent: {} for agent in self.agents}

    def step(self, actions: dict[str, int]) -> tuple[dict[str, object], ...]:
        moves = np.array([STEPS[actions[agent]] for agent in self.agents])
        self.places = np.clip(self.places + moves, 0, self.cells - 1)
        apart = abs(int(self.places[0] - self.places[1]))
        agents = self.agents
        if apart == 0:
            self.agents = []
        return (
            dict(self._views()),
            {agent: -float(apart > 0) for agent in agents},
            dict.fromkeys(agents, apart == 0),
            dict.fromkeys(agents, False),
            {agent: {"distance": apart} for agent in agents},
        )

    def _views(self) -> dict[str, np.ndarray]:
        view = self.places / self.cells
        return dict.fromkeys(self.possible_agents, view)

    def render(self) -> str:
        return "".join("x" if cell in self.places else "." for cell in range(self.cells))

    def close(self) -> None:
        """Nothing to free."""


register_env("meeting", from_pettingzoo(Meeting))
