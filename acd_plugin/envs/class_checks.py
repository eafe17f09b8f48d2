"""Play one game through `MultiAgentEnv` and check it as EPyMARL's own runners use it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping

import numpy as np

from acd_plugin.configuration.findings import Finding
from acd_plugin.envs.multi_agent_env import Info, MultiAgentEnv

_FROM_EPYMARL = ("seed", "common_reward", "reward_scalarisation", "map_name")


def class_findings(
    env_class: type[MultiAgentEnv], env_args: Mapping[str, object]
) -> Iterator[Finding]:
    """Yield what is wrong with one game."""
    yield from _constructor_findings(env_class)
    env = env_class(**{**env_args, "seed": 0})
    try:
        yield from _game_findings(env)
    finally:
        env.close()


def _constructor_findings(env_class: type[MultiAgentEnv]) -> Iterator[Finding]:
    parameters = inspect.signature(env_class).parameters
    if any(p.kind == inspect.Parameter.VAR_KEYWORD for p in parameters.values()):
        return
    missing = [name for name in _FROM_EPYMARL if name not in parameters]
    if missing:
        yield Finding(
            False,
            f"{env_class.__name__} does not accept {', '.join(missing)}, which EPyMARL hands to "
            "every environment: accept them to play in its own loop",
        )


def _game_findings(env: MultiAgentEnv) -> Iterator[Finding]:
    info = env.get_env_info()
    observations, told = env.reset()
    if not isinstance(told, dict):
        yield Finding(True, f"reset() returns {told!r} as info: must be a dictionary")
    yield from _view_findings(env, observations, info)
    policy = np.random.default_rng(0)
    for step in range(1, env.episode_limit + 1):
        masks = env.get_avail_actions()
        actions = [int(policy.choice(np.flatnonzero(mask))) for mask in masks]
        observations, reward, terminated, truncated, last = env.step(actions)
        yield from _view_findings(env, observations, info)
        if isinstance(reward, (list, tuple, np.ndarray)) and len(reward) != env.n_agents:
            yield Finding(
                True, f"step() returns {len(reward)} rewards: must be one, or one for each agent"
            )
        if terminated or truncated:
            yield from _info_findings(last)
            if truncated and "episode_limit" not in last:
                yield Finding(
                    False,
                    f"the game is truncated at step {step} and info has no episode_limit: EPyMARL "
                    "takes that for the game's end; info['episode_limit']=True lets the value of "
                    "what would come after be bootstrapped",
                )
            return


def _view_findings(
    env: MultiAgentEnv, observations: object, info: Mapping[str, int]
) -> Iterator[Finding]:
    """Yield what is wrong with what the agents are handed at one moment."""
    agents, size, actions = info["n_agents"], info["obs_shape"], info["n_actions"]
    shapes = [np.shape(seen) for seen in env.get_obs()]
    if shapes != [(size,)] * agents:
        yield Finding(
            True, f"get_obs() returns rows of {shapes}: must be {agents} of get_obs_size()={size}"
        )
    elif not np.array_equal(np.array(observations), np.array(env.get_obs())):
        yield Finding(True, "reset() or step() returns other observations than get_obs()")
    if np.shape(env.get_state()) != (info["state_shape"],):
        yield Finding(
            True,
            f"get_state() returns {np.shape(env.get_state())}: must be "
            f"get_state_size()={info['state_shape']} numbers",
        )
    masks = env.get_avail_actions()
    if np.shape(masks) != (agents, actions) or not np.isin(masks, (0, 1)).all():
        yield Finding(
            True,
            f"get_avail_actions() returns {masks}: must be {agents} rows of {actions} zeros and "
            "ones",
        )


def _info_findings(info: Info) -> Iterator[Finding]:
    for name, value in info.items():
        if not isinstance(value, (bool, int, float, np.number, np.bool_)):
            yield Finding(
                True,
                f"the last info has {name}={value!r}: statistics must be numbers; leave it out",
            )
