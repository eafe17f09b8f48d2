"""How much memory runs need, told before they take a machine down; and how many fit at once.

Estimates are generous. On a GPU, where what networks keep for the backward pass is most of it, they
are measured: 0.12 GiB for a seed of DIAL on the small network, 0.35 GiB on the large one.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch

from acd_plugin import machine
from acd_plugin.envs.blueprint import EnvSizes
from acd_plugin.envs.memory import STATE_PER_GAME, gib
from acd_plugin.errors import UserError
from acd_plugin.running.device import check_device
from acd_plugin.running.network_size import kept_per_step, number, weights
from acd_plugin.running.run_spec import RunSpec

_BYTES = 4
# Of the weights: they, their gradients, the target's, the optimiser's two, one that is being made.
_COPIES = 6
_MOVING = 1.5  # of a buffer: while those of several seeds are laid together
_STORING = 3  # copies of a buffer in main memory while a checkpoint is written
_UNUSABLE = 2**29  # of a GPU: what libraries take beside tensors
_USABLE = 0.9  # of the rest: memory is given out in pieces


class Memory(NamedTuple):
    """Bytes that are needed, or free."""

    host: float
    device: float = 0.0  # of a GPU

    def times(self, count: float) -> Memory:
        return Memory(self.host * count, self.device * count)


def free_memory(device: str) -> Memory:
    """Return what is left; UserError when there is no such device."""
    check_device(device)
    host = float(machine.free_memory())
    if device == "cpu":
        return Memory(host)
    torch.cuda.empty_cache()
    free, _ = torch.cuda.mem_get_info()
    return Memory(host, max(0.0, (free - _UNUSABLE) * _USABLE))


def memory_to_play(sizes: EnvSizes, games: int) -> float:
    """Return the bytes that so many games at once take, their episodes included."""
    return games * (_episode(sizes) + STATE_PER_GAME)


def memory_to_train(spec: RunSpec) -> Memory:
    """Return what one seed takes.

    On a GPU its replay buffer is there, and in main memory as well: while a checkpoint is written,
    or for good where networks learn from a buffer that stays there.
    """
    settings, sizes = spec.settings, spec.sizes
    playing = memory_to_play(sizes, settings.batch_size_run)
    buffer = settings.buffer_size * _episode(sizes)
    learning = settings.batch_size * _episode(sizes) + _kept_for_learning(spec)
    if settings.device == "cpu":
        return Memory(playing + buffer + learning)
    return Memory(playing + _STORING * buffer, playing + _MOVING * buffer + learning)


def seeds_at_once(spec: RunSpec, seeds: int, free: Memory) -> int:
    """Return how many of so many seeds are trained together: as evenly as groups can be.

    Raises UserError when a single one does not fit, or fewer than ``seeds_at_once`` demands.
    """
    wanted = spec.settings.seeds_at_once
    check_memory(spec, free)
    if wanted == "auto" and spec.settings.device == "cpu":
        return 1
    one = memory_to_train(spec)
    fitting = int(min(free.host / one.host, free.device / one.device if one.device else math.inf))
    most = min(seeds, fitting if wanted == "auto" else wanted)
    if most > fitting:
        kind, needed, there = _lacking(one.times(most), free)
        raise UserError(
            f"seeds_at_once={wanted}: {most} seeds need about {needed} of {kind}, and {there} are "
            f"free: at most {fitting}, or leave it out"
        )
    return math.ceil(seeds / math.ceil(seeds / most))


def check_memory(spec: RunSpec, free: Memory) -> None:
    """Raise UserError when there is not enough to train one seed."""
    needed = memory_to_train(spec)
    if needed.host > free.host or needed.device > free.device:
        sizes = {key: getattr(spec.settings, key) for key in _LOWERED}
        sizes |= {key: number(spec, key) for key in _WIDTHS if number(spec, key)}
        what = ", ".join(f"{key}={value}" for key, value in sizes.items())
        raise UserError(f"{what} need about {_too_much(needed, free)}: lower them")


def check_playing(sizes: EnvSizes, games: int, free: Memory) -> None:
    """Raise UserError when so many games at once do not fit."""
    needed = memory_to_play(sizes, games)
    if needed > (free.device or free.host):
        on_device = needed if free.device else 0.0
        told = _too_much(Memory(needed, on_device), free)
        if games == 1:
            steps = sizes.episode_limit
            raise UserError(f"a game of {steps} steps needs about {told}: play shorter ones")
        raise UserError(f"{games} games at once need about {told}: play fewer")


_LOWERED = ("batch_size_run", "buffer_size", "batch_size")
_WIDTHS = ("hidden_dim", "rnn_layers")  # of networks


def _too_much(needed: Memory, free: Memory) -> str:
    kind, wanted, there = _lacking(needed, free)
    return f"{wanted} of {kind}, and {there} are free"


def _lacking(needed: Memory, free: Memory) -> tuple[str, str, str]:
    """Return the kind of memory that is too small, what is needed of it and what there is."""
    if needed.device > free.device:
        return "GPU memory", gib(needed.device), gib(free.device)
    return "memory", gib(needed.host), gib(free.host)


def _episode(sizes: EnvSizes) -> int:
    """Bytes of a stored episode."""
    observed = sizes.observation_size + 2 * sizes.n_actions + 4
    return (sizes.episode_limit + 1) * _BYTES * (sizes.state_size + sizes.n_agents * observed)


def _kept_for_learning(spec: RunSpec) -> float:
    """Bytes that an update takes beside the episodes, and those of weights and optimiser."""
    steps = spec.settings.batch_size * (spec.sizes.episode_limit + 1)
    return _BYTES * (steps * kept_per_step(spec) + _COPIES * weights(spec))
