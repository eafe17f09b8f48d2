"""The games of several runs as tensors on one device.

Shape legend: S seeds, B games of each, N agents, A actions, O observation length.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from acd_plugin.envs.batch_env import BatchEnv, BatchStep, Purpose
from acd_plugin.envs.device_games import Array, DeviceGames, host_array

ResultT = TypeVar("ResultT")


class Outcome(NamedTuple):
    """What a step led to; each (S, B)."""

    rewards: Tensor
    terminated: Tensor  # the game is over
    truncated: Tensor  # it was cut off


class JointGames(Protocol):
    """Games stepped together; tensors that are returned are overwritten by the next step."""

    has_fixed_length: bool  # every game lasts as long as the longest
    can_be_captured: bool  # in a CUDA graph

    def reset(self, first_episodes: Sequence[int], purpose: Purpose) -> None:
        """Say which episodes (S,) are the next that `begin` begins."""
        ...

    def begin(self) -> None: ...

    def seen(self) -> Mapping[str, Tensor]:
        """Return what the agents are handed now, by the names under which episodes store it."""
        ...

    def step(self, actions: Tensor) -> Outcome:
        """Play one step with ``actions`` (S, B, N)."""
        ...

    def statistics(self) -> Mapping[str, Tensor]:
        """Return the statistics of the episodes just played, each (S, B) of float64."""
        ...

    def wrong(self) -> Tensor:
        """Return in which games something went wrong, now or before, (S, B) of bool."""
        ...

    def complaints(self) -> Mapping[int, Exception]:
        """Return what a run's own functions did wrong in its games, by the run's number."""
        ...


class LoopGames:
    """Whatever environment: each run's batch of games is stepped in turn, in main memory."""

    def __init__(
        self, envs: Sequence[BatchEnv], truths: Sequence[str], device: torch.device
    ) -> None:
        self._envs = envs
        self._truths = truths
        self._device = device
        self._next: tuple[Sequence[int], Purpose] = ((), Purpose.TRAIN)
        self._failed: dict[int, Exception] = {}  # by the run's number; it is played no more
        self.has_fixed_length = self.can_be_captured = False

    def reset(self, first_episodes: Sequence[int], purpose: Purpose) -> None:
        self._next = (first_episodes, purpose)

    def begin(self) -> None:
        first_episodes, purpose = self._next
        for number, first in enumerate(first_episodes):
            self._try(number, self._envs[number].reset, first, purpose)

    def seen(self) -> Mapping[str, Tensor]:
        entries = {
            "obs": self._together([env.observations for env in self._envs]),
            "state": self._together([env.states for env in self._envs]),
            "avail_actions": self._together([env.available_actions for env in self._envs]),
        }
        for name in self._truths:
            told = self._together([env.truths()[name] for env in self._envs])
            entries[name] = told.unsqueeze(-1)
        return entries

    def step(self, actions: Tensor) -> Outcome:
        chosen = actions.cpu().numpy()
        over = np.ones(chosen.shape[1], dtype=np.bool_)
        ended = BatchStep(np.zeros(chosen.shape[1]), terminated=over, truncated=over)
        results = [
            self._try(number, self._envs[number].step, own) or ended
            for number, own in enumerate(chosen)
        ]
        return Outcome(*(self._together(parts) for parts in zip(*results, strict=True)))

    def statistics(self) -> Mapping[str, Tensor]:
        found = [env.episode_stats() for env in self._envs]
        return {name: self._together([own[name] for own in found]) for name in found[0]}

    def wrong(self) -> Tensor:
        """Whoever failed once is played no more, and what stands for its games is none."""
        games = self._envs[0].n_games
        failed = torch.tensor([number in self._failed for number in range(len(self._envs))])
        return failed.unsqueeze(1).expand(-1, games).to(self._device)

    def complaints(self) -> Mapping[int, Exception]:
        return self._failed

    def _try(self, number: int, play: Callable[..., ResultT], *arguments: object) -> ResultT | None:
        """Let one run's games be played; None where that fails, now or before."""
        if number in self._failed:
            return None
        try:
            return play(*arguments)
        except Exception as error:  # of a user's own code, in which anything may go wrong
            self._failed[number] = error
            return None

    def _together(self, parts: Sequence[NDArray[np.generic]]) -> Tensor:
        return torch.from_numpy(np.stack(parts)).to(self._device)


class GpuGames:
    """The compiled game on the GPU, where nothing leaves it."""

    def __init__(self, games: DeviceGames, truths: Sequence[str], device: torch.device) -> None:
        self._games = games
        self._device = device
        seeds, each = games.n_seeds, games.n_games

        def view(array: Array) -> Tensor:
            return tensor_of(array, device).unflatten(0, (seeds, each))

        self._first_episode = tensor_of(games.first_episode, device)
        self._purpose = tensor_of(games.purpose, device)
        self._actions = view(games.actions)
        self._rewards = view(games.rewards)
        observations = view(games.observations)
        self._seen = {
            "obs": observations,
            "state": observations.flatten(2),
            "avail_actions": view(games.available_actions),
            **{name: view(games.truths[name]).unsqueeze(-1) for name in truths},
        }
        self._statistics = {name: view(array) for name, array in games.statistics.items()}
        self._wrong = view(games.illegal)
        self._yes = torch.ones_like(self._rewards, dtype=torch.bool)
        self._no = torch.zeros_like(self._yes)
        self._left = 0
        self.has_fixed_length = self.can_be_captured = True

    def _stream(self) -> int:
        if self._device.type != "cuda":
            return 0
        return int(torch.cuda.current_stream(self._device).cuda_stream)

    def reset(self, first_episodes: Sequence[int], purpose: Purpose) -> None:
        self._first_episode.copy_(torch.tensor(first_episodes), non_blocking=True)
        self._purpose.fill_(int(purpose))

    def begin(self) -> None:
        self._games.reset(self._stream())
        self._left = self._games.episode_limit

    def seen(self) -> Mapping[str, Tensor]:
        return self._seen

    def step(self, actions: Tensor) -> Outcome:
        self._actions.copy_(actions)
        self._games.step(self._stream())
        self._left -= 1
        over = self._yes if self._left == 0 else self._no
        if self._games.terminates:
            return Outcome(self._rewards, terminated=over, truncated=self._no)
        return Outcome(self._rewards, terminated=self._no, truncated=over)

    def statistics(self) -> Mapping[str, Tensor]:
        self._games.summarise(self._stream())
        return self._statistics

    def wrong(self) -> Tensor:
        return self._wrong

    def complaints(self) -> Mapping[int, Exception]:
        return self._games.complaints()


def tensor_of(array: Array, device: torch.device) -> Tensor:
    """Return a tensor on the memory of a device's array; that of numba's simulator is numpy's."""
    if device.type == "cuda":
        return torch.as_tensor(array, device=device)
    return torch.from_numpy(host_array(array))
