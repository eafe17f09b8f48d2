"""Any `MultiAgentEnv` as a `BatchEnv`: several copies, stepped one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acd_plugin.envs.batch_env import BatchStep, Purpose
from acd_plugin.envs.checked import checked_actions
from acd_plugin.envs.multi_agent_env import Info, MultiAgentEnv
from acd_plugin.errors import UserError


class EnvLoop:
    """``n_games`` copies made by ``make_env(seed)``.

    The contract has no way to choose an episode, so each copy plays its own next one; what is
    asked of `reset` is ignored, and results depend on the number of games.
    """

    def __init__(self, make_env: Callable[[int], MultiAgentEnv], n_games: int, seed: int) -> None:
        self._envs = [make_env(copy_seed(seed, game)) for game in range(n_games)]
        info = self._envs[0].get_env_info()
        self.n_games = n_games
        self.n_agents = info["n_agents"]
        self.n_actions = info["n_actions"]
        self.episode_limit = info["episode_limit"]
        self.observations = np.zeros((n_games, self.n_agents, info["obs_shape"]), np.float32)
        self.available_actions = np.zeros((n_games, self.n_agents, self.n_actions), np.bool_)
        self.states = np.zeros((n_games, info["state_shape"]), np.float32)
        self._has_begun = False
        self._over = np.zeros(n_games, np.bool_)
        self._infos: list[Info] = [{} for _ in range(n_games)]

    def reset(self, first_episode: int, purpose: Purpose) -> None:  # noqa: ARG002 - see the class
        for game, env in enumerate(self._envs):
            env.reset()
            self._collect(game)
        self._over[:] = False
        self._has_begun = True

    def step(self, actions: ArrayLike) -> BatchStep:
        if not self._has_begun:
            raise UserError("no game is being played: call reset() before step()")
        chosen = checked_actions(actions, self.n_games, self.n_agents, self.n_actions)
        rewards = np.zeros(self.n_games)
        terminated, truncated = self._over.copy(), np.zeros(self.n_games, np.bool_)
        for game in np.flatnonzero(~self._over).tolist():
            _, reward, ended, cut_off, info = self._envs[game].step(chosen[game].tolist())
            rewards[game] = np.mean(reward)
            # As in EPyMARL, the game counts as ended unless the info asks for a bootstrap.
            bootstrap = bool(info.pop("episode_limit", False))
            truncated[game] = cut_off and bootstrap
            terminated[game] = (ended or cut_off) and not truncated[game]
            self._infos[game] = info
            self._collect(game)
        self._over |= terminated | truncated
        return BatchStep(rewards, terminated, truncated)

    def _collect(self, game: int) -> None:
        env = self._envs[game]
        self.observations[game] = env.get_obs()
        self.available_actions[game] = env.get_avail_actions()
        self.states[game] = env.get_state()

    def episode_stats(self) -> dict[str, NDArray[np.float64]]:
        names = sorted({name for info in self._infos for name in info})
        return {
            name: np.array([float(info.get(name, 0.0)) for info in self._infos]) for name in names
        }

    def truths(self) -> Mapping[str, NDArray[np.bool_]]:
        return {}

    def close(self) -> None:
        for env in self._envs:
            env.close()


def copy_seed(seed: int, game: int) -> int:
    """Return the seed of one copy, so that no two copies of any two runs play the same games."""
    return int(np.random.SeedSequence([seed, game]).generate_state(1)[0])
