"""Play a little with a user's functions before anything is built on them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from acd_plugin.envs.batch_env import BatchStep, Purpose
from acd_plugin.envs.compiled.time_limit import NeverReturnsError, in_time
from acd_plugin.envs.cyborg.definition import GameDefinition
from acd_plugin.envs.cyborg.native_batch import NativeBatchEnv
from acd_plugin.envs.cyborg.plugged_errors import users_functions
from acd_plugin.errors import UserError

_GAMES, _STEPS = 16, 100
_PATIENCE = 20.0  # seconds for one step of these games, which takes less than a thousandth


def try_out(definition: GameDefinition) -> None:
    """Play random games if an attacker or a reward term is a user's own.

    UserError when one cannot be compiled or does not return, or an attacker chooses what is not
    legal.
    """
    if not users_functions(definition):
        return
    batch = NativeBatchEnv(definition, _GAMES, seed=0, threads=1)
    step_games = batch.program.step_games
    try:
        in_time(_played(batch), lambda: bool(getattr(step_games, "versions", True)), _PATIENCE)
    except NeverReturnsError:
        raise UserError(
            f"{users_functions(definition)} does not return: a step of {_GAMES} games takes "
            f"longer than {_PATIENCE:.0f} s; look for a loop without end"
        ) from None
    batch.close()


def _played(batch: NativeBatchEnv) -> Iterator[BatchStep]:
    batch.reset(0, Purpose.TRAIN)
    policy = np.random.default_rng(0)
    for _ in range(min(_STEPS, batch.episode_limit)):
        yield batch.step(policy.integers(0, batch.n_actions, (_GAMES, batch.n_agents)))
