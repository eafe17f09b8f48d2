"""Games in memory for tests, with their dice in the test's hands."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.game import step
from acd_plugin.envs.cyborg.game.types import Dice
from testbed.paper_games import SETTINGS, env_args, make_batch, setting_batch

NEVER = 0.999999  # a die that makes whatever depends on a rate not happen, or picks the last option

__all__ = ["NEVER", "SETTINGS", "Table", "env_args", "make_batch", "setting_batch"]


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

    def find(self, *subnets: str) -> None:
        """Let the attacker know all hosts of some subnets."""
        for name in subnets:
            index = self.subnets[name]
            self.state.swept[0, index] = True
            self.state.discovered[0, self.rules.host_subnet == index] = True

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
