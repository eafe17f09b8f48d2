"""What games on a GPU look like to whoever plays them.

Shapes: S seeds, G games of each, N agents, A actions, O observation length.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, cast, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acd_plugin.errors import UserError


class Array(Protocol):
    """An array on the device.

    It has the CUDA array interface: ``torch.as_tensor(array, device="cuda")`` is the same memory.
    In numba's simulator of a GPU it is a numpy array. `host_array` and `write` work with both.
    """

    @property
    def shape(self) -> tuple[int, ...]: ...


class DeviceGames(Protocol):
    """The games of several seeds in arrays of one device; nothing leaves it.

    Game ``i * n_games + g`` is game g of seed i: in episode ``first_episode[i] + g`` it is the game
    that a `BatchEnv` of this seed plays, bit for bit. Arrays are the same objects for the life of
    the batch; `reset` and `step` overwrite them.

    `reset`, `step` and `summarise` only launch work on the CUDA stream with the handle ``stream``
    (``torch.cuda.current_stream().cuda_stream``; 0: the default stream): they wait for nothing and
    allocate nothing, so that a CUDA graph can hold them. Who plays counts the steps.
    """

    n_seeds: int
    n_games: int  # of each seed
    n_agents: int
    n_actions: int
    episode_limit: int
    terminates: bool  # the last step ends the game; False: it is cut off, and could go on
    first_episode: Array  # (S,) int64, written by the caller before `reset`
    purpose: Array  # (1,) int64, a `Purpose`, likewise
    actions: Array  # (S * G, N) int64, written by the caller before `step`
    observations: Array  # (S * G, N, O) float32
    available_actions: Array  # (S * G, N, A) bool
    rewards: Array  # (S * G,) float64
    statistics: Mapping[str, Array]  # (S * G,) float64: `BatchEnv.episode_stats`, by `summarise`
    truths: Mapping[str, Array]  # (S * G, N) bool: those of `BatchEnv.truths` that were asked for
    illegal: Array  # (S * G,) bool: see `complaints`

    def reset(self, stream: int = 0) -> None:
        """Begin episodes ``first_episode[i]``, ``first_episode[i] + 1``, ... of every seed i."""
        ...

    def step(self, stream: int = 0) -> None:
        """Play one step with ``actions``."""
        ...

    def summarise(self, stream: int = 0) -> None:
        """Fill ``statistics`` from the episodes that were just played."""
        ...

    def complaints(self) -> Mapping[int, UserError]:
        """Return what was wrong in any step so far, by the index of the seed; {}: nothing.

        On a device nothing can be raised. Where an attacker of a user's own chooses what is not
        legal, or an agent an action that there is not, it sleeps instead, and the game is marked in
        ``illegal`` for good. This copies the marks from the device, so ask between epochs (when
        statistics are logged, for instance), never while a graph is captured.
        """
        ...

    def close(self) -> None:
        """Free what the games hold."""
        ...


@runtime_checkable
class PlayedOnDevice(Protocol):
    """A blueprint (`Blueprint`) whose games can be played on a GPU."""

    def make_device_games(
        self, n_games: int, seeds: Sequence[int], truths: Sequence[str] = ()
    ) -> DeviceGames:
        """Return ``n_games`` games of each seed.

        ``truths`` names those that are computed in every step. UserError when the games cannot be
        played there: no GPU, too old a driver, a package that is missing, rules that are not ours.
        """
        ...


def host_array(array: Array) -> NDArray[np.generic]:
    """Return an array's content: a copy from the device, or its own memory in the simulator."""
    if isinstance(array, np.ndarray):
        return array
    return cast("_OnDevice", array).copy_to_host()


def write(array: Array, values: ArrayLike) -> None:
    """Overwrite an array's content from the host; for callers without torch."""
    if isinstance(array, np.ndarray):
        array[...] = values
    else:
        content = host_array(array)
        content[...] = values
        cast("_OnDevice", array).copy_to_device(content)


class _OnDevice(Protocol):
    """What numba's arrays on a device can do."""

    def copy_to_host(self) -> NDArray[np.generic]: ...

    def copy_to_device(self, array: NDArray[np.generic]) -> None: ...
