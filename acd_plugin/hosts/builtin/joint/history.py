"""What happened since it was last told to the runs: numbers that come from the device.

Shape legend: S seeds, B games of each, K names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.hosts.builtin.joint.player import LENGTH, RETURN, WRONG
from acd_plugin.hosts.builtin.joint.stacking import Tensors
from acd_plugin.hosts.builtin.training import Training
from acd_plugin.learners.base import BaseLearner
from acd_plugin.runners.batch_runner import BatchRunner

_LONG = 32  # events, after which all is told and shown


class Event(NamedTuple):
    """Games that were played (``purpose``) or an update that was made (None)."""

    purpose: Purpose | None
    runs: set[int]  # whom it is told
    names: Sequence[str]
    numbers: NDArray[np.float64]  # (K, S, B), or (K, S) of an update
    kinds: Mapping[int, Sequence[str]]  # of each run's games (B,), where they have names

    def is_wrong(self, run: int) -> bool:
        """Return whether something went wrong in a run's games, so that they do not count."""
        return self.purpose is not None and bool(self.numbers[self.names.index(WRONG), run].any())


class History:
    """Brings the numbers of episodes and updates to main memory, without waiting for them."""

    def __init__(self) -> None:
        self._events: list[tuple[Event, torch.cuda.Event | None]] = []
        self._added = 0  # since all was told

    def add(
        self,
        purpose: Purpose | None,
        told: Tensors,
        runs: Iterable[int],
        kinds: Mapping[int, Sequence[str]] | None = None,
    ) -> None:
        """Remember what there is to say; the tensors of ``told`` may be overwritten afterwards."""
        numbers, arrival = _underway(torch.stack([value.double() for value in told.values()]))
        event = Event(purpose, set(runs), list(told), numbers.numpy(), kinds or {})
        self._events.append((event, arrival))
        self._added += 1

    def __len__(self) -> int:
        return len(self._events)

    def is_long(self) -> bool:
        return self._added >= _LONG

    def take(self, count: int) -> list[Event]:
        """Return the first ``count`` events, once their numbers are there, and forget them."""
        taken, self._events = self._events[:count], self._events[count:]
        for _, arrival in taken:
            if arrival is not None:
                arrival.synchronize()
        if not self._events:
            self._added = 0
        return [event for event, _ in taken]


def _underway(numbers: Tensor) -> tuple[Tensor, torch.cuda.Event | None]:
    """Return where numbers will be in main memory, and what to wait for until they are."""
    if not numbers.is_cuda:
        return numbers, None
    there = torch.empty(numbers.shape, dtype=numbers.dtype, pin_memory=True)
    there.copy_(numbers, non_blocking=True)
    arrival = torch.cuda.Event()
    arrival.record()
    return there, arrival


def next_episode(run: Training, purpose: Purpose) -> int:
    """Return the number of the first episode that a run plays next."""
    return _runner(run).next_episode(purpose)


def kinds_of_games(run: Training) -> Sequence[str]:
    """Return of which kinds the games are that a run has just played, if they have names."""
    return _runner(run).kinds_of_games()


def tell(run: Training, number: int, event: Event) -> None:
    """Let a run, which has this ``number`` among all, count and log what happened in it."""
    own = dict(zip(event.names, event.numbers[:, number], strict=True))
    if event.purpose is None:
        _tell_learner(run, {name: float(value) for name, value in own.items()})
    else:
        _tell_runner(run, event.purpose, own, event.kinds.get(number, ()))


def _tell_learner(run: Training, statistics: dict[str, float]) -> None:
    learner, t_env = run.learner, run.runner.t_env
    assert isinstance(learner, BaseLearner)
    if learner.logs_at(t_env):
        learner.log(t_env, statistics)


def _tell_runner(
    run: Training,
    purpose: Purpose,
    statistics: dict[str, NDArray[np.float64]],
    kinds: Sequence[str],
) -> None:
    runner = _runner(run)
    if purpose is Purpose.TRAIN:  # what the runner logs of it is that of these games
        run.mac.action_selector.exploration(runner.t_env, False)
    returns, lengths = statistics.pop(RETURN), statistics.pop(LENGTH)
    del statistics[WRONG]  # nothing was
    runner.account(purpose, returns, lengths.astype(np.int64), statistics, kinds)


def _runner(run: Training) -> BatchRunner:
    assert isinstance(run.runner, BatchRunner)  # `put_together` has seen to it
    return run.runner
