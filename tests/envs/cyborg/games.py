"""Games in memory for tests, with their dice in the test's hands."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acd_plugin.configuration.layers import load_config
from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.definition import define_game
from acd_plugin.envs.cyborg.game import step
from acd_plugin.envs.cyborg.game.types import Dice
from acd_plugin.envs.cyborg.native_batch import NativeBatchEnv

NEVER = 0.999999  # a die that makes whatever depends on a rate not happen, or picks the last option
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


class Table:
    """One game whose dice the test lays, addressed by the names of its scenario.

    Unless laid otherwise, every die shows 0.5, no escalation is due before its longest delay and
    green sleeps.
    """

    def __init__(self, *overrides: str, env: str = "cyborg_small") -> None:
        self.batch = make_batch(*overrides, env=env)
        self.batch.reset(0, Purpose.TRAIN)
        self.state, self.rules, self.totals = (
            self.batch.state,
            self.batch.rules,
            self.batch.totals,
        )
        self.hosts = {host.name: i for i, host in enumerate(self.batch.scenario.hosts)}
        self.subnets = {name: i for i, name in enumerate(self.batch.scenario.subnet_names)}

    def lay(self, **dice: float) -> None:
        """Lay this step's dice; keys are columns of `Dice` in lower case."""
        row = self.state.dice[0]
        row[:] = 0.5
        row[Dice.HOSTS + len(self.hosts) :] = NEVER
        row[Dice.GREEN_ACTS] = 0.0
        for name, value in dice.items():
            row[Dice[name.upper()]] = value

    def play(self, *actions: str) -> None:
        """Play one step with the dice as they lie; missing actions are Sleep."""
        step.play(self.state, self.rules, self.totals, 0, self.numbers(*actions))

    def numbers(self, *actions: str) -> NDArray[np.int64]:
        names = [*actions, *["Sleep"] * (self.batch.n_agents - len(actions))]
        pairs = zip(self.batch.action_names, names, strict=True)
        return np.array([table.index(name) for table, name in pairs], dtype=np.int64)

    def invade(self, host: str, level: int, known: bool = False) -> None:
        """Give the attacker a session on a host, behind its own back."""
        self.state.level[0, self.hosts[host]] = level
        self.state.pid_known[0, self.hosts[host]] = known

    def own(self, host: str, since: int = 0, admin: bool = True, level: int = 2) -> None:
        """Let the attacker hold a host and know it."""
        index = self.hosts[host]
        self.state.level[0, index] = level
        self.state.discovered[0, index] = True
        self.state.ports_known[0, index] = True
        self.state.owned_since[0, index] = since
        self.state.admin[0, index] = admin

    def of(self, field: str, host: str) -> int:
        """Return one host's entry of a field of the state."""
        return int(getattr(self.state, field)[0, self.hosts[host]])

    def bits(self, agent: int) -> str:
        """Return an agent's observation as a string of 0 and 1 (and - where it has no host)."""
        return "".join(
            "-" if bit < 0 else str(int(bit)) for bit in self.state.observation[0, agent]
        )

    def mask(self, agent: int) -> list[str]:
        """Return the names of the actions that an agent may take."""
        names = self.batch.action_names[agent]
        return [name for name, ok in zip(names, self.state.available[0, agent], strict=True) if ok]
