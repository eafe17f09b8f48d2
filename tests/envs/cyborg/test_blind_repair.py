"""The game of the blind repair, played by hand: what it is worth to be told of b servers.

Who repairs restores the servers of which it is told as soon as it knows, and the others in turn, as
often as pays best. What it is told it knows two steps after the fall, by a message, or one step
after, if it sees all itself.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.game.types import Level
from acd_plugin.envs.cyborg.native_batch import NativeBatchEnv
from tests.envs.cyborg.games import make_batch

SERVERS, GAMES = 3, 1500
BY_MESSAGE, BY_SIGHT = 1, 0  # steps that pass between what is there and what is known
TURNS = [(0, 0), (8, 1), (10, 1), (10, 2), (10, 3)]  # first step and distance of blind repairs
PREDICTED = {  # servers, how they are known: the return of docs/games.md
    (0, BY_MESSAGE): -13.9,
    (1, BY_MESSAGE): -12.0,
    (2, BY_MESSAGE): -10.2,
    (3, BY_MESSAGE): -8.0,
    (3, BY_SIGHT): -5.0,
}


@pytest.fixture(scope="module")
def batch() -> NativeBatchEnv:
    return make_batch(games=GAMES, env="blind_repair")


def play(batch: NativeBatchEnv, told: int, delay: int, first: int, every: int) -> float:
    """Return the mean return; the servers from number ``told`` on are repaired in turn."""
    batch.reset(0, Purpose.TRAIN)
    restore = np.array([batch.action_names[1].index(f"Restore Server{n}") for n in range(SERVERS)])
    fallen: list[NDArray[np.bool_]] = [np.zeros((GAMES, SERVERS), dtype=np.bool_)] * 2
    repaired = np.full((GAMES, SERVERS), -9)
    turn, total = 0, 0.0
    for step in range(24):
        repairs = np.zeros(GAMES, dtype=np.int64)
        if every and told < SERVERS and step >= first and (step - first) % every == 0:
            repairs[:] = restore[told + turn % (SERVERS - told)]
            turn += 1
        known = fallen[-1 - delay] & (step - repaired > delay)  # not what was repaired meanwhile
        for server in range(told):
            repairs[known[:, server]] = restore[server]
        repaired[repairs[:, None] == restore] = step
        actions = np.stack([np.zeros(GAMES, dtype=np.int64), repairs], axis=1)
        total += batch.step(actions).rewards.mean()
        fallen.append(batch.state.level[:, -SERVERS:] == Level.ROOT)
    return total


@pytest.mark.parametrize(("told", "delay"), PREDICTED)
def test_it_costs_what_was_predicted(batch: NativeBatchEnv, told: int, delay: int) -> None:
    """0.35 is four standard errors of a mean of so many games."""
    best = max(play(batch, told, delay, first, every) for first, every in TURNS)
    assert best == pytest.approx(PREDICTED[told, delay], abs=0.35)
