"""Random numbers as a pure function of (seed, purpose, episode, block, step, column).

Each game has a stream of its own, so what happens in it depends neither on how many games are
played together nor on how many threads play them, and a game can be replayed from its number.
The generator is SplitMix64 (Steele, Lea, Flood 2014, "Fast Splittable Pseudorandom Number
Generators"), whose k-th output can be computed directly.

Every random decision of a step is a column of a block of dice, and has its own place in the stream
whatever other blocks exist. A new mechanism gets a block of its own (the next free number), so
that games without it keep their chances. Block 0 has as many columns as when it was first played,
for ever: its numbers lie one after the other, step by step. The other blocks have room for 2^32
columns in every step, so they can also grow.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.compiled.compilation import compiled

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S11, _S27, _S30, _S31 = np.uint64(11), np.uint64(27), np.uint64(30), np.uint64(31)
_COLUMNS = np.uint64(1 << 32)  # places that each step has in a block other than the first
_TO_UNIT = 1.0 / (1 << 53)


@compiled
def mix(word: np.uint64) -> np.uint64:
    """SplitMix64's output function: scramble 64 bits, one to one."""
    word = (word ^ (word >> _S30)) * _MIX_1
    word = (word ^ (word >> _S27)) * _MIX_2
    return word ^ (word >> _S31)


@compiled
def stream_key(seed: int, purpose: int, episode: int) -> np.uint64:
    """Return the key of the stream of one episode."""
    key = mix(np.uint64(seed) + _GOLDEN)
    key = mix(key + (np.uint64(purpose) + np.uint64(1)) * _GOLDEN)
    return mix(key + (np.uint64(episode) + np.uint64(1)) * _GOLDEN)


@compiled
def block_key(key: np.uint64, block: int) -> np.uint64:
    """Return the key of one block's own stream; that of block 0 is the game's."""
    if block == 0:
        return key
    return mix(key ^ mix(np.uint64(block) * _GOLDEN))


@compiled
def roll_one(key: np.uint64, block: int, step: int, column: int) -> float:
    """Return one number in [0, 1) of a block other than the first."""
    counter = np.uint64(step) * _COLUMNS + np.uint64(column + 1)
    return _unit(block_key(key, block), counter)


@compiled
def roll_block(dice: NDArray[np.float64], key: np.uint64, block: int, step: int) -> None:
    """Fill ``dice`` (D,) with one block's uniform numbers in [0, 1) of one step."""
    columns = np.uint64(len(dice)) if block == 0 else _COLUMNS
    own_key = block_key(key, block)
    first = np.uint64(step) * columns
    for column in range(len(dice)):
        dice[column] = _unit(own_key, first + np.uint64(column + 1))


@compiled
def _unit(key: np.uint64, counter: np.uint64) -> float:
    return np.float64(mix(key + counter * _GOLDEN) >> _S11) * _TO_UNIT


@compiled
def pick(die: float, options: int) -> int:
    """Turn a number in [0, 1) into one of ``options`` equally likely indices."""
    return int(die * options)
