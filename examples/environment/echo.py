"""An environment of one's own with EPyMARL's interface.

    python main.py --config=dial --env-config=examples/environment/echo.yaml

One agent sees a number and the other has to name it, a step later: the best return is 1 for those
who talk, and the chance of a good guess for those who do not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.multi_agent_env import Info, MultiAgentEnv
from acd_plugin.envs.registry import register_env


class Echo(MultiAgentEnv):
    """The keyword arguments are those under ``env_args``, and EPyMARL's own."""

    n_agents = 2
    episode_limit = 2

    def __init__(
        self,
        *,
        numbers: int,
        seed: int = 0,
        common_reward: bool = True,
        reward_scalarisation: str = "mean",  # noqa: ARG002 - there is only a team reward
        map_name: str = "",  # noqa: ARG002 - EPyMARL's name for what is played
    ) -> None:
        self.numbers = numbers
        self._common_reward = common_reward
        self._seed = seed
        self.seed()

    def reset(
        self,
        seed: int | None = None,
        options: dict[str, object] | None = None,  # noqa: ARG002 - part of the interface
    ) -> tuple[list[NDArray[np.float32]], Info]:
        if seed is not None:
            self.seed(seed)
        self._number = int(self._rng.integers(self.numbers))
        self._step = 0
        return self.get_obs(), {}

    def step(
        self, actions: Sequence[int]
    ) -> tuple[list[NDArray[np.float32]], float | list[float], bool, bool, Info]:
        right = float(self._step == 1 and int(actions[1]) == self._number)
        self._step += 1
        over = self._step == self.episode_limit
        reward = right if self._common_reward else [right] * self.n_agents
        # The last info holds the episode's statistics, all of them numbers.
        return self.get_obs(), reward, over, False, {"right": right} if over else {}

    def get_obs(self) -> list[NDArray[np.float32]]:
        views = np.zeros((self.n_agents, self.numbers), np.float32)
        if self._step == 0:
            views[0, self._number] = 1.0
        return list(views)

    def get_obs_size(self) -> int:
        return self.numbers

    def get_state(self) -> NDArray[np.float32]:
        return np.concatenate(self.get_obs())

    def get_state_size(self) -> int:
        return self.n_agents * self.numbers

    def get_avail_actions(self) -> list[list[int]]:
        return [[1] * self.numbers for _ in range(self.n_agents)]

    def get_total_actions(self) -> int:
        return self.numbers

    def seed(self, seed: int | None = None) -> None:
        if seed is not None:
            self._seed = seed
        self._rng = np.random.default_rng(self._seed)

    def render(self) -> None:
        print(self._number)


register_env("echo", Echo)
