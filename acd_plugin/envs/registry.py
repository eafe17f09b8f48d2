"""Environments by the name that stands under ``env`` in a configuration."""

from __future__ import annotations

from collections.abc import Mapping

from acd_plugin.envs.blueprint import Blueprint
from acd_plugin.envs.cyborg.cyborg_env import CyborgEnv
from acd_plugin.envs.loop_blueprint import LoopBlueprint
from acd_plugin.envs.multi_agent_env import MultiAgentEnv
from acd_plugin.envs.pettingzoo_env import PettingZooEnv
from acd_plugin.errors import UserError, find

REGISTRY: dict[str, type[MultiAgentEnv]] = {"cyborg": CyborgEnv, "pettingzoo": PettingZooEnv}
_EPYMARLS = ("seed", "map_name")  # what it adds to the arguments for itself


def register_env(name: str, env: type[MultiAgentEnv]) -> None:
    """Make an environment known by a name; UserError if it is none, or the name is taken."""
    if not (isinstance(env, type) and issubclass(env, MultiAgentEnv)):
        raise UserError(
            f"environment '{name}' is {env!r}: must be a subclass of MultiAgentEnv, or what "
            "from_pettingzoo returns"
        )
    if name in REGISTRY:
        raise UserError(f"environment '{name}' is registered already: choose another name")
    REGISTRY[name] = env


def blueprint_of(name: str, env_args: Mapping[str, object]) -> Blueprint:
    """Return the environment called ``name`` with these arguments, read and checked.

    Raises UserError when there is none, or when it refuses them.
    """
    chosen = find(REGISTRY, "environment", name)
    own = {key: value for key, value in env_args.items() if key not in _EPYMARLS}
    return chosen.blueprint(**own) or LoopBlueprint(chosen, own)
