"""EPyMARL's environment contract."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from acd_plugin.configuration.findings import Finding
from acd_plugin.configuration.ranges import integer
from acd_plugin.envs.blueprint import Blueprint
from acd_plugin.envs.comm_layout import CommLayout
from acd_plugin.errors import UserError

Info = dict[str, float]


class MultiAgentEnv(ABC):
    """One game for N agents, as EPyMARL's runners drive it.

    The constructor receives every key of ``env_args`` plus ``common_reward``,
    ``reward_scalarisation`` and ``seed``. Every agent must have an available action at all times,
    also after the last step.
    """

    n_agents: int
    episode_limit: int

    @classmethod
    def blueprint(cls, **env_args: object) -> Blueprint | None:  # noqa: ARG003 - for subclasses
        """Return what makes batches of this environment; None: several copies are a batch."""
        return None

    @classmethod
    def comm_layout(cls, **env_args: object) -> CommLayout | None:  # noqa: ARG003 - for subclasses
        """Return how communicating agents read observations; None: nothing is known of them."""
        return None

    @classmethod
    def source_files(cls, **env_args: object) -> list[Path]:  # noqa: ARG003 - for subclasses
        """Return the Python files that define the environment: runs with others are told apart."""
        return [Path(inspect.getfile(cls))]

    @classmethod
    def checks(cls, **env_args: object) -> Iterator[Finding]:  # noqa: ARG003 - for subclasses
        """Yield what is wrong with the arguments and what they name; see `checker`."""
        yield from ()

    @abstractmethod
    def reset(
        self, seed: int | None = None, options: dict[str, object] | None = None
    ) -> tuple[list[NDArray[np.float32]], Info]:
        """Begin the next episode and return the observations and an empty info."""

    @abstractmethod
    def step(
        self, actions: Sequence[int]
    ) -> tuple[list[NDArray[np.float32]], float | list[float], bool, bool, Info]:
        """Play one step; return observations, reward, terminated, truncated and info.

        The info of the last step holds the episode's statistics, all of them numbers, and
        ``episode_limit: True`` when the value of what comes after should be bootstrapped.
        """

    @abstractmethod
    def get_obs(self) -> list[NDArray[np.float32]]:
        """Return one observation of ``get_obs_size()`` numbers per agent."""

    @abstractmethod
    def get_obs_size(self) -> int: ...

    @abstractmethod
    def get_state(self) -> NDArray[np.float32]:
        """Return the global state of ``get_state_size()`` numbers."""

    @abstractmethod
    def get_state_size(self) -> int: ...

    @abstractmethod
    def get_avail_actions(self) -> list[list[int]]:
        """Return one mask of ``get_total_actions()`` zeros and ones per agent."""

    @abstractmethod
    def get_total_actions(self) -> int: ...

    @abstractmethod
    def seed(self, seed: int | None = None) -> None:
        """Restart the environment's randomness from ``seed``."""

    @abstractmethod
    def render(self) -> None:
        """Show the game to a person."""

    def get_obs_agent(self, agent_id: int) -> NDArray[np.float32]:
        """Return the observation of one agent; UserError for a number that is no agent's."""
        return self.get_obs()[integer("agent_id", agent_id, 0, self.n_agents - 1)]

    def get_avail_agent_actions(self, agent_id: int) -> list[int]:
        """Return the mask of one agent; UserError for a number that is no agent's."""
        return self.get_avail_actions()[integer("agent_id", agent_id, 0, self.n_agents - 1)]

    def get_env_info(self) -> dict[str, int]:
        """Return the sizes from which runners and networks are built."""
        return {
            "state_shape": self.get_state_size(),
            "obs_shape": self.get_obs_size(),
            "n_actions": self.get_total_actions(),
            "n_agents": self.n_agents,
            "episode_limit": self.episode_limit,
        }

    def get_stats(self) -> dict[str, float]:
        """Return statistics over the environment's whole life (none: see `step`)."""
        return {}

    def save_replay(self) -> None:
        """UserError: ours are made of recorded runs."""
        raise UserError(
            f"{type(self).__name__} saves no replays of its own: leave save_replay out; 'watch' "
            "shows the games of a recorded run"
        )

    def close(self) -> None:  # noqa: B027 - most environments have nothing to close
        """Free what the environment holds."""
