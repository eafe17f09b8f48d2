"""Play a little with a user's functions before anything is built on them."""

from __future__ import annotations

import numpy as np

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.definition import GameDefinition
from acd_plugin.envs.cyborg.native_batch import NativeBatchEnv
from acd_plugin.envs.cyborg.plugged import users_part

_GAMES, _STEPS = 16, 100


def try_out(definition: GameDefinition) -> None:
    """Play random games if an attacker or a reward term is a user's own.

    UserError when one cannot be compiled, or an attacker chooses what is not legal.
    """
    attackers, terms = definition.plugged
    if not users_part([*attackers, *terms]).files:
        return
    batch = NativeBatchEnv(definition, _GAMES, seed=0, threads=1)
    batch.reset(0, Purpose.TRAIN)
    policy = np.random.default_rng(0)
    for _ in range(min(_STEPS, batch.episode_limit)):
        batch.step(policy.integers(0, batch.n_actions, (_GAMES, batch.n_agents)))
    batch.close()
