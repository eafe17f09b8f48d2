"""CybORG's cyber-defence scenarios as an EPyMARL environment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from acd_plugin.configuration.findings import Finding
from acd_plugin.configuration.ranges import integer
from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.checked import checked_team
from acd_plugin.envs.cyborg.blueprint import CyborgBlueprint
from acd_plugin.envs.cyborg.checker import definition_findings
from acd_plugin.envs.cyborg.networks.blueprint import NetworksBlueprint, blueprint_of_game
from acd_plugin.envs.multi_agent_env import Info, MultiAgentEnv
from acd_plugin.envs.names import names_of


class CyborgEnv(MultiAgentEnv):
    """One game; keyword arguments are the keys of `EnvSettings`.

    ``common_reward=False`` hands every agent the team reward, as a list. The game has only a team
    reward, so ``reward_scalarisation`` has nothing to aggregate; it is part of EPyMARL's call.
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        common_reward: bool = True,
        reward_scalarisation: str = "mean",  # noqa: ARG002 - see the class docstring
        map_name: str = "",  # noqa: ARG002 - EPyMARL's name for what is played
        **env_args: object,
    ) -> None:
        self._batch = self.blueprint(**env_args).make_batch(1, seed)
        self._common_reward = common_reward
        self._next_episode = 0
        self.n_agents = self._batch.n_agents
        self._agents = names_of(self._batch).agents
        self.episode_limit = self._batch.episode_limit

    @classmethod
    def blueprint(cls, **env_args: object) -> CyborgBlueprint | NetworksBlueprint:
        """Return scenario and settings, read and checked; see `Blueprint`."""
        return blueprint_of_game(env_args)

    @classmethod
    def checks(cls, **env_args: object) -> Iterator[Finding]:
        return definition_findings(env_args)

    def reset(
        self,
        seed: int | None = None,
        options: dict[str, object] | None = None,  # noqa: ARG002 - part of the contract
    ) -> tuple[list[NDArray[np.float32]], Info]:
        if seed is not None:
            self.seed(seed)
        self._batch.reset(self._next_episode, Purpose.TRAIN)
        self._next_episode += 1
        return self.get_obs(), {}

    def step(
        self, actions: Sequence[int]
    ) -> tuple[list[NDArray[np.float32]], float | list[float], bool, bool, Info]:
        """Play one step; UserError before a game has begun, and for what is no action."""
        chosen = checked_team(actions, self._agents, self._batch.n_actions)
        result = self._batch.step(chosen[np.newaxis])
        team_reward = float(result.rewards[0])
        terminated, truncated = bool(result.terminated[0]), bool(result.truncated[0])
        info: Info = {}
        if terminated or truncated:
            info = {name: float(value[0]) for name, value in self._batch.episode_stats().items()}
            if truncated:
                info["episode_limit"] = True
        reward = team_reward if self._common_reward else [team_reward] * self.n_agents
        return self.get_obs(), reward, terminated, truncated, info

    def get_obs(self) -> list[NDArray[np.float32]]:
        return list(self._batch.observations[0].copy())

    def get_obs_size(self) -> int:
        return self._batch.observations.shape[2]

    def get_state(self) -> NDArray[np.float32]:
        return self._batch.states[0].copy()

    def get_state_size(self) -> int:
        return self._batch.states.shape[1]

    def get_avail_actions(self) -> list[list[int]]:
        mask: list[list[int]] = self._batch.available_actions[0].astype(np.int64).tolist()
        return mask

    def get_total_actions(self) -> int:
        return self._batch.n_actions

    def seed(self, seed: int | None = None) -> None:
        """Restart from episode 0 of the random streams of ``seed`` (None: of the same seed)."""
        if seed is not None:
            self._batch.seed = integer("seed", seed, 0)
        self._next_episode = 0

    def close(self) -> None:
        self._batch.close()

    def picture(self) -> str:
        """Return the game as text."""
        return self._batch.picture(game=0)

    def render(self) -> None:
        print(self.picture())
