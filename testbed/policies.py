"""The scripted policies of the reference statistics, for all games and agents at once.

Shapes: G games, N agents, A actions, K host slots. Each policy maps a batch and a generator to
actions (G, N).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.game.types import Blue, Compromise
from acd_plugin.envs.cyborg.game_batch import GameBatch

Actions = NDArray[np.int64]
Policy = Callable[[GameBatch, np.random.Generator], Actions]


def sleep(batch: GameBatch, rng: np.random.Generator) -> Actions:
    del rng
    return np.zeros((batch.n_games, batch.n_agents), dtype=np.int64)


def random_allowed(batch: GameBatch, rng: np.random.Generator) -> Actions:
    """Uniform over the mask."""
    weights = rng.random(batch.available_actions.shape) * batch.available_actions
    return weights.argmax(axis=2)


def restore_any(batch: GameBatch, rng: np.random.Generator) -> Actions:
    """Restore the first host that is believed compromised."""
    del rng
    found, slot = _first_suspect(batch)
    return np.where(found, _column(batch, Blue.RESTORE) + slot, 0)


def remove_restore(batch: GameBatch, rng: np.random.Generator) -> Actions:
    """First such host: Remove if it shows a user session, else Restore."""
    del rng
    found, slot = _first_suspect(batch)
    belief = np.take_along_axis(_beliefs(batch), slot[:, :, None], axis=2)[:, :, 0]
    first = np.where(
        belief == Compromise.USER, _column(batch, Blue.REMOVE), _column(batch, Blue.RESTORE)
    )
    return np.where(found, first + slot, 0)


def block_always(batch: GameBatch, rng: np.random.Generator) -> Actions:
    """Block one of the other subnets, chosen at random."""
    kinds = batch.rules.action_kind == Blue.BLOCK
    weights = rng.random((batch.n_games, *kinds.shape)) * kinds
    return weights.argmax(axis=2)


POLICIES: dict[str, Policy] = {
    "sleep": sleep,
    "random_free": random_allowed,
    "random_sau": random_allowed,
    "restore_any": restore_any,
    "remove_restore": remove_restore,
    "block_always": block_always,
}


def _beliefs(batch: GameBatch) -> NDArray[np.int64]:
    """Belief codes (G, N, K) as the agents' own observations show them."""
    slots = batch.rules.agent_host.shape[1]
    bits = batch.observations[:, :, : 4 * slots].reshape(batch.n_games, batch.n_agents, slots, 4)
    return (2 * bits[..., 2] + bits[..., 3]).astype(np.int64)


def _first_suspect(batch: GameBatch) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    suspected = _beliefs(batch) != Compromise.NO
    return suspected.any(axis=2), suspected.argmax(axis=2)


def _column(batch: GameBatch, kind: Blue) -> int:
    """The column of the first host action of this kind, the same for every agent."""
    return int((batch.rules.action_kind[0] == kind).argmax())


def returns_of(
    batch: GameBatch, policy: Policy, episodes: int, seed: int = 0
) -> NDArray[np.float64]:
    """Play ``episodes`` (at least) and return the return of each."""
    rng = np.random.default_rng(seed)
    returns = []
    for first in range(0, episodes, batch.n_games):
        batch.reset(first, Purpose.EVALUATE)
        rewards = [
            batch.step(policy(batch, rng)).rewards.copy() for _ in range(batch.episode_limit)
        ]
        returns.append(np.sum(rewards, axis=0))
    return np.concatenate(returns)
