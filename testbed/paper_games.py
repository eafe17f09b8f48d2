"""The games of the paper, held in memory."""

from __future__ import annotations

from typing import Any

from acd_plugin.configuration.layers import load_config
from acd_plugin.envs.cyborg.definition import define_game
from acd_plugin.envs.cyborg.native_batch import NativeBatchEnv

# The five settings of the paper: scenario, detection rate, steps.
SETTINGS: dict[str, tuple[str, float, int]] = {
    "small_no_block_095": ("dial_2_subnets_no_block", 0.95, 30),
    "small_no_block_050": ("dial_2_subnets_no_block", 0.5, 30),
    "small_050": ("dial_2_subnets", 0.5, 30),
    "small_green_050": ("dial_2_subnets_green", 0.5, 30),
    "large_050": ("dial_3_subnets", 0.5, 60),
}


def env_args(*overrides: str, env: str = "cyborg_small") -> dict[str, Any]:
    """Return the ``env_args`` of a configuration, changed by ``key=value`` strings."""
    config = load_config("dial", env, [f"env_args.{text}" for text in overrides])
    args: dict[str, Any] = config["env_args"]
    return args


def make_batch(
    *overrides: str,
    games: int = 1,
    seed: int = 0,
    env: str = "cyborg_small",
    threads: int | None = None,
) -> NativeBatchEnv:
    return NativeBatchEnv(define_game(env_args(*overrides, env=env)), games, seed, threads)


def setting_batch(setting: str, analyse_mode: str, games: int = 1, seed: int = 0) -> NativeBatchEnv:
    """Return games of one of the paper's settings."""
    scenario, rate, steps = SETTINGS[setting]
    return make_batch(
        f"scenario={scenario}",
        f"detection_rate={rate}",
        f"time_limit={steps}",
        f"analyse_mode={analyse_mode}",
        games=games,
        seed=seed,
    )
