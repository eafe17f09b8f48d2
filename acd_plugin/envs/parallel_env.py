"""PettingZoo's parallel environments: what we use of them, and how one is made from its name.

Nothing here imports PettingZoo: whatever has these methods will do.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol, cast

from acd_plugin.errors import UserError

Values = Mapping[str, object]  # one value for each agent
Make = Callable[..., object]  # returns a `ParallelEnv`
_NEEDED = ("possible_agents", "reset", "step", "observation_space", "action_space")


class ParallelEnv(Protocol):
    """Agents that act at the same time, and may leave before the episode ends."""

    possible_agents: list[str]
    agents: list[str]  # those who still play; may be missing before the first reset

    def reset(
        self, seed: int | None = None, options: Mapping[str, object] | None = None
    ) -> tuple[Values, Mapping[str, Values]]:
        """Begin an episode; return observations and infos."""
        ...

    def step(
        self, actions: Mapping[str, int]
    ) -> tuple[
        Values, Mapping[str, float], Mapping[str, bool], Mapping[str, bool], Mapping[str, Values]
    ]:
        """Return observations, rewards, terminations, truncations and infos."""
        ...

    def observation_space(self, agent: str) -> object: ...

    def action_space(self, agent: str) -> object: ...

    def state(self) -> object: ...

    def render(self) -> object: ...

    def close(self) -> None: ...


def find_make(name: str) -> Make:
    """Return the function called ``package.module:function``; UserError if there is none."""
    module_name, colon, function_name = name.partition(":")
    if not colon:
        raise UserError(f"make is '{name}': write it as package.module:function")
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise UserError(
            f"make is '{name}', and {module_name} cannot be imported ({error}): install it, or put "
            "its folder into PYTHONPATH"
        ) from error
    found = getattr(module, function_name, None)
    if not callable(found):
        raise UserError(f"make is '{name}', and {module_name} has no function {function_name}")
    return cast(Make, found)


def make_parallel_env(make: Make, kwargs: Values) -> ParallelEnv:
    """Return a new environment; UserError when it is no parallel one."""
    try:
        inspect.signature(make).bind(**kwargs)
    except TypeError as error:
        raise UserError(f"kwargs is {dict(kwargs)}: {make.__name__} says: {error}") from error
    except ValueError:  # it has no signature that can be read
        pass
    env = cast(ParallelEnv, make(**kwargs))
    missing = [name for name in _NEEDED if not hasattr(env, name)]
    if missing:
        raise UserError(
            f"{type(env).__name__} is no parallel environment of PettingZoo (it lacks "
            f"{', '.join(missing)}): make it by parallel_env(), or wrap it in aec_to_parallel()"
        )
    return env


def file_of(make: Make) -> Path:
    """Return the Python file in which a function or class stands."""
    return Path(inspect.getfile(inspect.unwrap(make)))
