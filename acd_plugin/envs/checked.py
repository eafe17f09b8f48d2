"""What games are handed, checked before compiled code gets it, which checks nothing.

Whether a mask allows an action is not asked: games play it, and messages may have unlocked it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acd_plugin.configuration.ranges import integer
from acd_plugin.envs.batch_env import Purpose
from acd_plugin.errors import UserError, brief, listing

LAST_EPISODE = 2**62  # those of a batch that come after it still fit into an array


def checked_actions(
    actions: ArrayLike, n_games: int, n_agents: int, n_actions: int
) -> NDArray[np.int64]:
    """Return actions (G, N); UserError for another shape, and for what is no action's number."""
    array = _array(actions)
    if array.dtype.kind not in "iu":
        kind = "objects, or rows of different length" if array.dtype == object else array.dtype
        raise UserError(
            f"actions are {kind}: must be whole numbers, one for each game and agent "
            f"({n_games}, {n_agents})"
        )
    if array.shape != (n_games, n_agents):
        raise UserError(
            f"actions have the shape {array.shape}: must be (games, agents) = {n_games, n_agents}"
        )
    chosen = np.ascontiguousarray(array, np.int64)
    unsigned = chosen.view(np.uint64)  # of which a number below 0 is one beyond all actions
    if unsigned.max() >= n_actions:
        game, agent = np.argwhere(unsigned >= n_actions)[0].tolist()
        raise UserError(
            f"the action of agent {agent} in game {game} is {array[game, agent]}: must be from 0 "
            f"to {n_actions - 1}"
        )
    return chosen


def checked_team(actions: object, agents: Sequence[str], n_actions: int) -> NDArray[np.int64]:
    """Return the actions (N,) of the ``agents`` of one game; UserError for what is none."""
    array = _array(actions)
    if array.dtype.kind in "iu" and array.shape == (len(agents),):
        chosen = array.astype(np.int64)
        if chosen.view(np.uint64).max() < n_actions:
            return chosen
    each = actions.tolist() if isinstance(actions, np.ndarray) else actions
    if not isinstance(each, list | tuple) or len(each) != len(agents):
        raise UserError(
            f"actions are {brief(' '.join(repr(actions).split()))}: give a list of whole numbers, "
            f"one for each of {', '.join(agents)}"
        )
    last = n_actions - 1
    return np.array(
        [
            integer(f"the action of {agent}", action, 0, last)
            for agent, action in zip(agents, each, strict=True)
        ]
    )


def _array(actions: object) -> NDArray[np.generic]:
    """Return what was handed over as an array, which is empty where it cannot be one."""
    try:
        return np.asarray(actions)
    except (TypeError, ValueError):  # a tensor on a GPU; rows of different length
        return np.empty(0, object)


def checked_episode(first_episode: object, purpose: Purpose) -> tuple[int, Purpose]:
    """Return the number of an episode and what it is for; UserError for what cannot be."""
    try:
        known = Purpose(purpose)
    except ValueError:
        legal = listing(f"Purpose.{one.name}" for one in Purpose)
        raise UserError(f"purpose is {brief(repr(purpose))}: must be one of {legal}") from None
    return integer("first_episode", first_episode, 0, LAST_EPISODE), known
