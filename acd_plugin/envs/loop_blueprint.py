"""The blueprint of an environment that has no batch of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from acd_plugin.envs.blueprint import EnvSizes
from acd_plugin.envs.comm_layout import CommLayout
from acd_plugin.envs.compiled.content import files_of
from acd_plugin.envs.env_loop import EnvLoop
from acd_plugin.envs.multi_agent_env import MultiAgentEnv
from acd_plugin.errors import UserError, brief


class LoopBlueprint:
    """Copies of an environment, stepped one after the other; see `Blueprint`."""

    def __init__(self, env_class: type[MultiAgentEnv], env_args: Mapping[str, object]) -> None:
        self._class = env_class
        self._make: Callable[..., MultiAgentEnv] = env_class
        self._args = env_args

    @property
    def comm_layout(self) -> CommLayout | None:
        return self._class.comm_layout(**self._args)

    @property
    def identity(self) -> Mapping[str, str]:
        """``environment``: the content of the files that define it."""
        return {"environment": files_of(*self._class.source_files(**self._args)).meaning()}

    def sizes(self) -> EnvSizes:
        """Raises UserError when the environment cannot be made with its arguments."""
        try:
            batch = self.make_batch(1, 0)
        except UserError:
            raise
        except Exception as error:
            told = ", ".join(f"{key}={value!r}" for key, value in self._args.items())
            reason = " ".join(str(error).split())
            raise UserError(
                f"{self._class.__name__} cannot be made with env_args {brief(told or 'none')}: "
                f"{type(error).__name__}: {brief(reason)} (check environment tells more)"
            ) from error
        sizes = EnvSizes(
            batch.n_agents,
            batch.n_actions,
            batch.observations.shape[2],
            batch.states.shape[1],
            batch.episode_limit,
        )
        batch.close()
        return sizes

    def make_batch(self, n_games: int, seed: int) -> EnvLoop:
        return EnvLoop(self._make_env, n_games, seed)

    def _make_env(self, seed: int) -> MultiAgentEnv:
        return self._make(**self._args, seed=seed)
