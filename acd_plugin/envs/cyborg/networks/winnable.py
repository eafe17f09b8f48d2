"""Whether both sides can win on a network: a few games, played by simple rules.

What a file can say wrong, `scenario_problems` finds. Whether exploits suffice, and whether the
attacker gets anywhere in time, only play tells. The games are the compiled ones with the paper's
attacker, and depend on nothing but the network: not on the settings of whoever plays on it later.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.definition import define
from acd_plugin.envs.cyborg.game.types import Blue, Level, Rules
from acd_plugin.envs.cyborg.native_batch import NativeBatchEnv
from acd_plugin.envs.cyborg.scenario import Scenario
from acd_plugin.envs.cyborg.settings import ByImportance, Costs, EnvSettings

Side = Literal["attacker", "defenders"]
_GAMES = 16
_NOTHING = ByImportance(none=0.0, low=0.0, medium=0.0, high=0.0)
_COSTS = Costs(damage=_NOTHING, restore=_NOTHING, remove=0.0, analyse=0.0, block=0.0)


def loser_of(scenario: Scenario, steps: int) -> Side | None:
    """Return the side that cannot have what it wants in so many steps; None: both can.

    The attacker: in half of the games it takes the objective when nobody defends it. The
    defenders: when everybody knows where the attacker is and drives it out, it takes the objective
    in none of the games.
    """
    settings = EnvSettings(
        scenario="",
        backend="native",
        detection_rate=0.5,
        action_mask=False,
        analyse_mode="free",
        comm_gate=False,
        time_limit=steps,
        bootstrap_at_time_limit=False,
        costs=_COSTS,
    )
    batch = NativeBatchEnv(define(settings, scenario), _GAMES, seed=0, threads=1)
    if _games_lost(batch, is_defended=False) < _GAMES / 2:
        return "attacker"
    return "defenders" if _games_lost(batch, is_defended=True) else None


def _games_lost(batch: NativeBatchEnv, is_defended: bool) -> int:
    """Play one episode of every game; returns in how many the attacker took the objective."""
    batch.reset(0, Purpose.TEST)
    actions = np.zeros((batch.n_games, batch.n_agents), dtype=np.int64)
    cure = _cures(batch.rules)
    for _ in range(batch.episode_limit):
        if is_defended:
            actions = _evicting(batch, cure)
        batch.step(actions)
    return int(np.count_nonzero(batch.totals.objective_steps))


def _cures(rules: Rules) -> NDArray[np.int64]:
    """Return, per agent and host (N, H), the columns of Restore and Analyse: (2, N, H), or -1."""
    columns = np.full((2, len(rules.action_kind), len(rules.host_subnet)), -1)
    for place, kind in enumerate((Blue.RESTORE, Blue.ANALYSE)):
        agents, found = np.nonzero(rules.action_kind == kind)
        columns[place, agents, rules.action_target[agents, found]] = found
    return columns


def _evicting(batch: NativeBatchEnv, cures: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return actions (G, N) of agents that know everything.

    Restore where the process is known, Analyse where there is root; the last such host of an agent
    first, but the objective before all others.
    """
    state = batch.state
    restore = (state.level != Level.NONE) & state.pid_known  # (G, H)
    analyse = (state.level == Level.ROOT) & ~state.pid_known
    urgency = np.arange(restore.shape[1]) + 1
    urgency[batch.rules.objectives] = restore.shape[1] + 1
    actions = np.zeros((batch.n_games, batch.n_agents), dtype=np.int64)
    most = np.zeros_like(actions)
    for wanted, columns in zip((restore, analyse), cures, strict=True):
        urgent = np.where(wanted[:, None] & (columns >= 0), urgency, 0)  # (G, N, H)
        host = urgent.argmax(axis=2)
        found = urgent.max(axis=2)
        column = np.take_along_axis(columns[None], host[:, :, None], axis=2)[:, :, 0]
        actions = np.where(found > most, column, actions)
        most = np.maximum(found, most)
    return actions
