"""Play a little with a user's functions before anything is built on them."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import numpy as np

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.compiled.time_limit import NeverReturnsError, in_time
from acd_plugin.envs.cyborg.definition import GameDefinition
from acd_plugin.envs.cyborg.game.types import Red
from acd_plugin.envs.cyborg.native_batch import NativeBatchEnv
from acd_plugin.envs.cyborg.plugged_errors import only_sleeps, unscanned, users_functions
from acd_plugin.envs.cyborg.rehearsal import Rehearsal
from acd_plugin.envs.cyborg.scans import Scans
from acd_plugin.errors import UserError

_GAMES, _STEPS = 16, 100
_PATIENCE = 20.0  # seconds for one step of these games, which takes less than a thousandth
_REHEARSED = 3.0  # seconds, after which games are only played: Python is slow


def try_out(definition: GameDefinition) -> tuple[str, ...]:
    """Play random games if an attacker or a reward term is a user's own.

    Returns what is worth a second look. UserError when one cannot be compiled or does not return,
    leaves its arrays, changes what is not its own or depends on more than the game, or when an
    attacker chooses what is not legal or what the backend cannot play.
    """
    users = users_functions(definition)
    if not users:
        return ()
    trial = _Trial(definition)
    generators = np.random.get_state(), random.getstate()  # from which they should not draw
    try:
        in_time(trial.played(), lambda: not trial.is_compiling, _PATIENCE)
    except NeverReturnsError:
        raise UserError(
            f"{users} does not return: a step of {_GAMES} games takes longer than "
            f"{_PATIENCE:.0f} s; look for a loop without end"
        ) from None
    finally:
        np.random.set_state(generators[0])
        random.setstate(generators[1])
    trial.batch.close()
    return trial.remarks()


class _Trial:
    """Random games, each step of which is rehearsed as Python before it is played compiled."""

    def __init__(self, definition: GameDefinition) -> None:
        self.batch = NativeBatchEnv(definition, _GAMES, seed=0, threads=1)
        self._attacker = definition.settings.attacker
        self._scans = Scans(self.batch.state) if definition.settings.backend == "cyborg" else None
        self._rehearsal = Rehearsal(definition)
        self._rehearsed = 0.0  # seconds so far
        self._steps = False
        self._only_sleeps = True

    @property
    def is_compiling(self) -> bool:
        """Whether time passes that no function of the user's is to blame for."""
        return self._steps and not getattr(self.batch.program.step_games, "versions", True)

    def remarks(self) -> tuple[str, ...]:
        if self._only_sleeps:
            return (only_sleeps(self._attacker, _GAMES),)
        return ()

    def played(self) -> Iterator[None]:
        """Play on with every item, as far as a user's function could keep it from going on."""
        batch = self.batch
        batch.reset(0, Purpose.TRAIN)
        policy = np.random.default_rng(0)
        for _ in range(min(_STEPS, batch.episode_limit)):
            actions = policy.integers(0, batch.n_actions, (_GAMES, batch.n_agents))
            yield from self._while_time(self._rehearsal.attackers(batch.state, actions))
            self._steps = True
            try:
                batch.step(actions)
            except UserError as error:
                raise self._rehearsal.explained(error, batch.state, actions) from error
            self._steps = False
            yield
            self._only_sleeps &= bool((batch.state.red_kind == Red.SLEEP).all())
            if self._scans is not None and self._scans.are_missing():
                raise UserError(unscanned(self._attacker))
            yield from self._while_time(self._rehearsal.terms(batch.state, actions))

    def _while_time(self, calls: Iterator[None]) -> Iterator[None]:
        """Go on with what is rehearsed while there is time for it."""
        while self._rehearsed < _REHEARSED:
            since = time.monotonic()
            if next(calls, self) is self:
                return
            self._rehearsed += time.monotonic() - since
            yield
