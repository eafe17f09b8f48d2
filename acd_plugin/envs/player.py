"""One agent of a parallel environment: its spaces, what it sees and what it may do."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from acd_plugin.envs.parallel_env import ParallelEnv, Values
from acd_plugin.envs.spaces import Row, action_count, first_action, flat_size, flatten
from acd_plugin.errors import UserError

_MASK = "action_mask"


class Player:
    """An agent; ``available`` has a one for each of its actions that it may take now.

    The environment gives masks as ``infos[agent]["action_mask"]`` or, as PettingZoo's classic games
    do, as ``observation["action_mask"]``; without one, all actions are available.
    """

    def __init__(self, env: ParallelEnv, name: str) -> None:
        self.name = name
        self.plays = True
        self._space = env.observation_space(name)
        parts = getattr(self._space, "spaces", None)
        self._has_mask_in_view = isinstance(parts, Mapping) and _MASK in parts
        self._spaces: dict[object, object] | None = None  # of an observation of several parts
        if isinstance(parts, Mapping):
            self._spaces = {key: part for key, part in parts.items() if key != _MASK}
        sizes = map(flat_size, self._spaces.values() if self._spaces else [self._space])
        self.observation_size = sum(sizes)
        actions = env.action_space(name)
        self.n_actions = action_count(actions)
        self._first_action = first_action(actions)
        self.observation: Row = np.zeros(self.observation_size, np.float32)
        self.available = [1] * self.n_actions

    def action(self, number: int) -> int:
        """Return the environment's own number of an action; UserError if the agent has none."""
        if number >= self.n_actions:
            raise UserError(
                f"the action of {self.name} is {number}: must be an integer from 0 to "
                f"{self.n_actions - 1}"
            )
        return self._first_action + number

    def see(self, view: object, info: Values, plays: bool, could_go_on: bool) -> None:
        """Take in what the environment hands out; ``view`` None: nothing.

        Who plays no longer, and could not, has one action left, which is not handed on.
        """
        self.plays = plays
        self.observation = self._flat(view)
        if not (plays or could_go_on):
            self.available = [1] + [0] * (self.n_actions - 1)
            return
        mask = info.get(_MASK)
        if mask is None and self._has_mask_in_view and isinstance(view, Mapping):
            mask = view[_MASK]
        self.available = [1] * self.n_actions if mask is None else self._checked(mask)

    def _flat(self, view: object) -> Row:
        if view is None:
            return np.zeros(self.observation_size, np.float32)
        if self._spaces is None:
            return flatten(self._space, view)
        if not isinstance(view, Mapping):
            raise UserError(
                f"agent '{self.name}' sees {view!r}: must be a dictionary, as its space is"
            )
        return np.concatenate([flatten(part, view[key]) for key, part in self._spaces.items()])

    def _checked(self, mask: object) -> list[int]:
        allowed: list[int] = (np.asarray(mask).reshape(-1) != 0).astype(int).tolist()
        if len(allowed) != self.n_actions or not any(allowed):
            raise UserError(
                f"the action mask of agent '{self.name}' is {allowed}: must have "
                f"{self.n_actions} entries, at least one of them not zero"
            )
        return allowed
