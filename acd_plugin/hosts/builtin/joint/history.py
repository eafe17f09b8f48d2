"""What happened since it was last told to the runs: numbers that are still on the device.

Shape legend: S seeds, B games of each, K names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.hosts.builtin.joint.player import LENGTH, RETURN
from acd_plugin.hosts.builtin.joint.stacking import Tensors
from acd_plugin.hosts.builtin.training import Training
from acd_plugin.learners.base import BaseLearner
from acd_plugin.runners.batch_runner import BatchRunner

_LONG = 32  # events, after which the numbers are fetched


class Event(NamedTuple):
    """Games that were played (``purpose``) or an update that was made (None)."""

    purpose: Purpose | None
    runs: set[int]  # whom it is told
    names: Sequence[str]
    numbers: Tensor  # (K, S, B), or (K, S) of an update


class History:
    """Keeps the numbers of episodes and updates on the device until the runs are told."""

    def __init__(self) -> None:
        self._events: list[Event] = []

    def add(self, purpose: Purpose | None, told: Tensors, runs: Iterable[int]) -> None:
        """Remember what there is to say; the tensors of ``told`` may be overwritten afterwards."""
        numbers = torch.stack([value.double() for value in told.values()])
        self._events.append(Event(purpose, set(runs), list(told), numbers))

    def is_long(self) -> bool:
        return len(self._events) >= _LONG

    def fetch(self) -> list[tuple[Event, NDArray[np.float64]]]:
        """Return what happened in this order, with the numbers in main memory; forget it."""
        fetched = [(event, event.numbers.cpu().numpy()) for event in self._events]
        self._events = []
        return fetched


def next_episode(run: Training, purpose: Purpose) -> int:
    """Return the number of the first episode that a run plays next."""
    return _runner(run).next_episode(purpose)


def tell(run: Training, number: int, event: Event, numbers: NDArray[np.float64]) -> None:
    """Let a run, which has this ``number`` among all, count and log what happened in it."""
    own = dict(zip(event.names, numbers[:, number], strict=True))
    if event.purpose is None:
        _tell_learner(run, {name: float(value) for name, value in own.items()})
    else:
        _tell_runner(run, event.purpose, own)


def _tell_learner(run: Training, statistics: dict[str, float]) -> None:
    learner, t_env = run.learner, run.runner.t_env
    assert isinstance(learner, BaseLearner)
    if learner.logs_at(t_env):
        learner.log(t_env, statistics)


def _tell_runner(
    run: Training, purpose: Purpose, statistics: dict[str, NDArray[np.float64]]
) -> None:
    runner = _runner(run)
    if purpose is Purpose.TRAIN:  # what the runner logs of it is that of these games
        run.mac.action_selector.exploration(runner.t_env, False)
    returns, lengths = statistics.pop(RETURN), statistics.pop(LENGTH)
    runner.account(purpose, returns, lengths.astype(np.int64), statistics)


def _runner(run: Training) -> BatchRunner:
    assert isinstance(run.runner, BatchRunner)  # `put_together` has seen to it
    return run.runner
