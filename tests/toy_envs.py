"""Environments with known answers, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.env_loop import copy_seed
from acd_plugin.envs.multi_agent_env import Info, MultiAgentEnv


def number_of_copy(seed: int) -> int:
    """Return which copy of a run with seed 0 was given this seed; the seed itself if none was."""
    return next((game for game in range(256) if copy_seed(0, game) == seed), seed)


class SignalEnv(MultiAgentEnv):
    """Agent 0 sees a coin at step 0; agent 1 sees nothing and must name it at step 1.

    A right answer is worth 1. Without communication the best expected return is 0.5.
    """

    n_agents = 2
    episode_limit = 2

    def __init__(self, *, seed: int = 0, **unused: Any) -> None:
        del unused
        self._rng = np.random.default_rng(seed)
        self._coin = 0
        self._step = 0

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[list[NDArray[np.float32]], Info]:
        del options
        self.seed(seed)
        self._coin = int(self._rng.integers(2))
        self._step = 0
        return self.get_obs(), {}

    def step(
        self, actions: Sequence[int]
    ) -> tuple[list[NDArray[np.float32]], float, bool, bool, Info]:
        right = self._step == 1 and actions[1] == self._coin
        self._step += 1
        over = self._step == self.episode_limit
        return self.get_obs(), float(right), over, False, {"right": float(right)} if over else {}

    def get_obs(self) -> list[NDArray[np.float32]]:
        seen = np.zeros(2, np.float32)
        if self._step == 0:
            seen[self._coin] = 1
        return [seen, np.zeros(2, np.float32)]

    def get_obs_size(self) -> int:
        return 2

    def get_state(self) -> NDArray[np.float32]:
        return np.concatenate(self.get_obs())

    def get_state_size(self) -> int:
        return 4

    def get_avail_actions(self) -> list[list[int]]:
        return [[1, 1], [1, 1]]

    def get_total_actions(self) -> int:
        return 2

    def seed(self, seed: int | None = None) -> None:
        if seed is not None:
            self._rng = np.random.default_rng(seed)

    def render(self) -> None:
        print(self._coin)


class UnevenEnv(SignalEnv):
    """Copies of different lengths: copy g of a run with seed 0 ends after 1 + g % 3 steps."""

    episode_limit = 3

    def __init__(self, *, seed: int = 0, **unused: Any) -> None:
        super().__init__(seed=seed, **unused)
        self._length = 1 + number_of_copy(seed) % 3

    def step(
        self, actions: Sequence[int]
    ) -> tuple[list[NDArray[np.float32]], float, bool, bool, Info]:
        del actions
        self._step += 1
        over = self._step == self._length
        return self.get_obs(), 1.0, over, False, {"length": float(self._step)} if over else {}


class LonelyEnv(SignalEnv):
    """One agent, whom there is nobody to talk to; every step is worth 1, two make an episode."""

    n_agents = 1

    def step(
        self, actions: Sequence[int]
    ) -> tuple[list[NDArray[np.float32]], float, bool, bool, Info]:
        del actions
        self._step += 1
        over = self._step == self.episode_limit
        return self.get_obs(), 1.0, over, False, {}

    def get_obs(self) -> list[NDArray[np.float32]]:
        return super().get_obs()[:1]

    def get_state_size(self) -> int:
        return 2

    def get_avail_actions(self) -> list[list[int]]:
        return super().get_avail_actions()[:1]


class CutOffEnv(UnevenEnv):
    """Its episodes are cut off where those of `UnevenEnv` end: they would have gone on."""

    def step(
        self, actions: Sequence[int]
    ) -> tuple[list[NDArray[np.float32]], float, bool, bool, Info]:
        seen, reward, over, _, info = super().step(actions)
        return seen, reward, False, over, {**info, "episode_limit": over}


TOY_ENVS: dict[str, type[MultiAgentEnv]] = {
    "signal": SignalEnv,
    "uneven": UnevenEnv,
    "lonely": LonelyEnv,
    "cut_off": CutOffEnv,
}
