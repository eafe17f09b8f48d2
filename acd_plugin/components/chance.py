"""Chance as a function: of a run's seed, what it is for, the episode, step, agent and column.

No generator is asked one after the other, so what a run draws depends neither on which runs are
trained beside it, nor on when it was resumed, nor on the device. The function is SplitMix64
(Steele, Lea, Flood 2014), as in the games (`envs.compiled.rng`), on tensors of 64-bit words.

Shape legend: B games, T steps, N agents, C columns; "..." stands for any axes, seeds for instance.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor

_WORD = 1 << 64
_GOLDEN = 0x9E3779B97F4A7C15 - _WORD  # torch's integers are signed
_MIX_1 = 0xBF58476D1CE4E5B9 - _WORD
_MIX_2 = 0x94D049BB133111EB - _WORD
_DIGITS = 24  # binary digits of a uniform number: as many as a float has


class Stream(NamedTuple):
    """One use of chance: what is drawn for every agent at every step."""

    columns: int
    normal: bool = False  # standard normal numbers instead of uniform ones


Streams = Mapping[str, Stream]
Draws = dict[str, Tensor]  # by stream: (..., B, T, N, C), or (..., B, N, C) of one step


def mix(words: Tensor) -> Tensor:
    """Scramble 64-bit words, one to one: SplitMix64's output function."""
    words = (words ^ _shift_right(words, 30)) * _MIX_1
    words = (words ^ _shift_right(words, 27)) * _MIX_2
    return words ^ _shift_right(words, 31)


def _shift_right(words: Tensor, digits: int) -> Tensor:
    """Shift zeros in, whatever the sign."""
    return (words >> digits) & ((1 << (64 - digits)) - 1)


def random_words(keys: Tensor, counters: Tensor) -> Tensor:
    """Return one random word for each key and counter (int64; the two are broadcast)."""
    return mix(keys + (counters + 1) * _GOLDEN)


def unit(words: Tensor) -> Tensor:
    """Turn words into uniform numbers in [0, 1)."""
    return _shift_right(words, 64 - _DIGITS).float() * 2.0**-_DIGITS


def stream_keys(seeds: Tensor, name: str, purpose: int = 0) -> Tensor:
    """Return the keys (...) of what runs with these ``seeds`` (..., int64) draw under a name."""
    named = mix(seeds + _GOLDEN) + zlib.crc32(name.encode())
    return mix(mix(named) + purpose)


def draw(
    streams: Streams, seeds: Tensor, purpose: int, episodes: Tensor, steps: int, agents: int
) -> Draws:
    """Return what is drawn in whole episodes: by stream (..., B, T, N, C).

    ``seeds`` is (...), ``episodes`` (..., B) are the episodes' numbers within their ``purpose``
    (see `Purpose`), both int64 and on the device on which the draws will be.
    """
    drawn = {}
    for name, stream in streams.items():
        words_each = stream.columns * (2 if stream.normal else 1)
        keys = random_words(stream_keys(seeds, name, purpose).unsqueeze(-1), episodes)
        places = torch.arange(steps * agents * words_each, device=seeds.device)
        numbers = unit(random_words(keys.unsqueeze(-1), places))
        numbers = numbers.unflatten(-1, (steps, agents, words_each))
        drawn[name] = _normal(numbers) if stream.normal else numbers
    return drawn


def _normal(numbers: Tensor) -> Tensor:
    """Turn pairs of uniform numbers (..., 2 C) into normal ones (..., C) (Box and Muller 1958)."""
    first, second = numbers.chunk(2, dim=-1)
    radius = (-2.0 * (1.0 - first).log()).sqrt()
    return radius * (2.0 * math.pi * second).cos()


def at_step(drawn: Draws, t: int) -> Draws:
    """Return the draws of one step: by stream (..., B, N, C)."""
    return {name: numbers.select(-3, t) for name, numbers in drawn.items()}
