"""Any parallel environment of PettingZoo as EPyMARL's environment.

Agents may differ: the shorter observations are filled up with zeros, and the actions that an agent
does not have are never available. An agent that has left sees zeros and has one action left, which
is not handed to the environment.

Shapes: N agents, A actions of the agent that has most, O length of the longest observation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.checked import checked_team
from acd_plugin.envs.multi_agent_env import Info, MultiAgentEnv
from acd_plugin.envs.parallel_env import (
    Make,
    ParallelEnv,
    Values,
    file_of,
    find_make,
    make_parallel_env,
)
from acd_plugin.envs.player import Player
from acd_plugin.errors import UserError

_SCALARISATIONS = ("mean", "sum")


class PettingZooEnv(MultiAgentEnv):
    """One game of the environment that ``make(**kwargs)`` returns.

    ``time_limit`` ends episodes that have not ended by themselves, and the value of what would
    have come after is bootstrapped, as where the environment itself truncates. The team reward is
    the agents' ``reward_scalarisation``: their mean or sum.
    """

    made_by: ClassVar[Make | None] = None  # what `from_pettingzoo` was given

    def __init__(
        self,
        *,
        time_limit: int,
        make: str = "",
        kwargs: Mapping[str, object] | None = None,
        seed: int = 0,
        common_reward: bool = True,
        reward_scalarisation: str = "mean",
        map_name: str = "",  # noqa: ARG002 - EPyMARL's name for what is played
    ) -> None:
        if time_limit < 1:
            raise UserError(f"time_limit is {time_limit}: must be at least 1")
        if reward_scalarisation not in _SCALARISATIONS:
            raise UserError(f"reward_scalarisation is '{reward_scalarisation}': legal: mean, sum")
        self._env: ParallelEnv = make_parallel_env(type(self)._make(make), kwargs or {})
        self.episode_limit = time_limit
        self.players = [Player(self._env, name) for name in self._env.possible_agents]
        self.n_agents = len(self.players)
        self._n_actions = max(player.n_actions for player in self.players)
        self._obs_size = max(player.observation_size for player in self.players)
        self._common_reward = common_reward
        self._is_mean = reward_scalarisation == "mean"
        self._next_seed: int | None = seed
        self._seed = seed
        self.reset()  # some environments tell nothing of themselves before
        self._has_state = _has_state(self._env)
        self.seed(seed)

    @classmethod
    def _make(cls, name: str) -> Make:
        if cls.made_by is not None:
            return cls.made_by
        return find_make(name)

    @classmethod
    def source_files(cls, **env_args: object) -> list[Path]:
        return [file_of(cls._make(str(env_args.get("make", ""))))]

    def reset(
        self, seed: int | None = None, options: dict[str, object] | None = None
    ) -> tuple[list[NDArray[np.float32]], Info]:
        chosen = self._next_seed if seed is None else seed
        self._next_seed = None
        observations, infos = self._env.reset(seed=chosen, options=options)
        self._step = 0
        self._info: Info = {}
        self._hand_out(observations, infos, {}, {})
        return self.get_obs(), {}

    def step(
        self, actions: Sequence[int]
    ) -> tuple[list[NDArray[np.float32]], float | list[float], bool, bool, Info]:
        """Play one step; UserError for what is no action of an agent that plays."""
        names = [player.name for player in self.players]
        chosen = checked_team(actions, names, self._n_actions).tolist()
        orders = {
            player.name: player.action(action)
            for player, action in zip(self.players, chosen, strict=True)
            if player.plays
        }
        observations, rewards, terminations, truncations, infos = self._env.step(orders)
        self._step += 1
        self._hand_out(observations, infos, terminations, truncations)
        over = not any(player.plays for player in self.players)
        cut_off = over and any(truncations.get(name, False) for name in orders)
        if not over and self._step == self.episode_limit:
            over = cut_off = True
        info: Info = {**self._info} if over else {}
        if cut_off:
            info["episode_limit"] = True
        earned = [float(rewards.get(player.name, 0.0)) for player in self.players]
        reward = self._team_reward(earned) if self._common_reward else earned
        return self.get_obs(), reward, over and not cut_off, cut_off, info

    def _team_reward(self, earned: list[float]) -> float:
        return sum(earned) / self.n_agents if self._is_mean else sum(earned)

    def _hand_out(
        self,
        observations: Values,
        infos: Mapping[str, Values],
        terminations: Mapping[str, bool],
        truncations: Mapping[str, bool],
    ) -> None:
        """Let the players see; of what the infos tell, numbers become the episode's statistics."""
        for player in self.players:
            name = player.name
            cut_off = bool(truncations.get(name, False))
            left = name not in self._env.agents or cut_off or bool(terminations.get(name, False))
            info = infos.get(name, {})
            player.see(observations.get(name), info, plays=not left, could_go_on=cut_off)
            for key, value in info.items():
                if isinstance(value, (bool, int, float, np.number, np.bool_)):
                    self._info[f"{name}_{key}"] = float(value)

    def get_obs(self) -> list[NDArray[np.float32]]:
        return [
            np.pad(player.observation, (0, self._obs_size - player.observation_size))
            for player in self.players
        ]

    def get_obs_size(self) -> int:
        return self._obs_size

    def get_state(self) -> NDArray[np.float32]:
        """Return the environment's own ``state()``, or all observations if it has none."""
        if self._has_state:
            return np.asarray(self._env.state(), dtype=np.float32).reshape(-1)
        return np.concatenate(self.get_obs())

    def get_state_size(self) -> int:
        return len(self.get_state())

    def get_avail_actions(self) -> list[list[int]]:
        return [
            [*player.available, *[0] * (self._n_actions - player.n_actions)]
            for player in self.players
        ]

    def get_total_actions(self) -> int:
        return self._n_actions

    def seed(self, seed: int | None = None) -> None:
        if seed is not None:
            self._seed = seed
        self._next_seed = self._seed

    def render(self) -> None:
        shown = self._env.render()
        if shown is not None:
            print(shown)

    def close(self) -> None:
        self._env.close()


def from_pettingzoo(make: Make) -> type[PettingZooEnv]:
    """Return the environment class over what ``make(**kwargs)`` returns, for `register_env`."""
    return type(f"{make.__name__}_env", (PettingZooEnv,), {"made_by": staticmethod(make)})


def _has_state(env: ParallelEnv) -> bool:
    """Return whether ``state()`` tells anything; in some environments it is something else."""
    try:
        np.asarray(env.state(), dtype=np.float32)
    except (AttributeError, NotImplementedError, TypeError, ValueError):
        return False
    return True
