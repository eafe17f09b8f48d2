"""Make an environment, in the form that a library expects.

All take the name of a file in ``config/envs``, or the path of one, and keys of its ``env_args``
that are to be other than there; of a nested one the others stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from acd_plugin.configuration.packages import need
from acd_plugin.configuration.ranges import integer
from acd_plugin.envs.batch_env import BatchEnv
from acd_plugin.envs.memory import check_games
from acd_plugin.envs.multi_agent_env import MultiAgentEnv
from acd_plugin.envs.named import named_environment
from acd_plugin.envs.names import Names, names_of
from acd_plugin.envs.registry import REGISTRY

if TYPE_CHECKING:  # packages that are no part of the installation
    from acd_plugin.envs.as_gymnasium import GymnasiumTeam
    from acd_plugin.envs.as_pettingzoo import PettingZooTeam


def make(
    env: str = "cyborg_small",
    *,
    seed: int = 0,
    render_mode: str | None = None,
    plugins: Sequence[str] = (),
    **env_args: object,
) -> PettingZooTeam:
    """Return one game as a parallel environment of PettingZoo.

    ``seed`` is that of the first games, until `reset` is given another. Raises UserError for
    settings that cannot be, and without the package pettingzoo.
    """
    need("pettingzoo", "pettingzoo", "make()")
    from acd_plugin.envs.as_pettingzoo import PettingZooTeam  # noqa: PLC0415 - an extra

    blueprint = named_environment(env, env_args, plugins).blueprint()
    return PettingZooTeam(blueprint, seed, render_mode)


def make_gymnasium(
    env: str = "cyborg_small",
    *,
    seed: int = 0,
    render_mode: str | None = None,
    plugins: Sequence[str] = (),
    **env_args: object,
) -> GymnasiumTeam:
    """Return one game as an environment of Gymnasium: the whole team is one player."""
    need("gymnasium", "gymnasium", "make_gymnasium()")
    from acd_plugin.envs.as_gymnasium import GymnasiumTeam  # noqa: PLC0415 - an extra

    blueprint = named_environment(env, env_args, plugins).blueprint()
    return GymnasiumTeam(blueprint, seed, render_mode)


def make_epymarl(
    env: str = "cyborg_small",
    *,
    seed: int = 0,
    plugins: Sequence[str] = (),
    **env_args: object,
) -> MultiAgentEnv:
    """Return one game with the interface that EPyMARL's runners expect."""
    seed = integer("seed", seed, 0)
    named = named_environment(env, env_args, plugins)
    named.blueprint()  # what is wrong with the settings shows before they are arguments
    return REGISTRY[named.env](**named.env_args, seed=seed)  # type: ignore[call-arg]


def make_batch(
    env: str = "cyborg_small",
    games: int = 128,
    *,
    seed: int = 0,
    plugins: Sequence[str] = (),
    **env_args: object,
) -> BatchEnv:
    """Return many games that are stepped together, the fastest form; see `BatchEnv`.

    Raises UserError for settings that cannot be, and for more games than there is memory for.
    """
    games = integer("games", games, 1)
    seed = integer("seed", seed, 0)
    blueprint = named_environment(env, env_args, plugins).blueprint()
    check_games(blueprint.sizes(), games)
    return blueprint.make_batch(games, seed)


def names(env: str = "cyborg_small", *, plugins: Sequence[str] = (), **env_args: object) -> Names:
    """Return what agents, their actions and the bits of their observations are called."""
    batch = named_environment(env, env_args, plugins).blueprint().make_batch(1, seed=0)
    try:
        return names_of(batch)
    finally:
        batch.close()
