"""The random streams: known values, uniformity, independence of neighbours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from acd_plugin.envs.compiled.rng import mix, pick, roll_block, stream_key


def test_mix_is_splitmix64() -> None:
    """First outputs of the published generator for seed 0."""
    golden = 0x9E3779B97F4A7C15
    states = [np.uint64(golden * k % 2**64) for k in (1, 2, 3)]
    expected = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]
    assert [int(mix(state)) for state in states] == expected


def dice(episodes: int, steps: int) -> NDArray[np.float64]:
    rows = np.empty((episodes, steps, 10))
    for episode in range(episodes):
        key = stream_key(1, 0, episode)
        for step in range(steps):
            roll_block(rows[episode, step], np.uint64(key), 0, step)
    return rows


def test_dice_are_uniform_and_neighbours_are_independent() -> None:
    rows = dice(200, 30)
    assert stats.kstest(rows.ravel(), "uniform").pvalue > 0.01
    for axis in range(3):
        one = np.take(rows, range(rows.shape[axis] - 1), axis).ravel()
        two = np.take(rows, range(1, rows.shape[axis]), axis).ravel()
        assert abs(np.corrcoef(one, two)[0, 1]) < 4 / len(one) ** 0.5


def test_seed_purpose_and_episode_all_name_another_stream() -> None:
    keys = {
        int(stream_key(seed, purpose, episode))
        for seed in range(20)
        for purpose in range(3)
        for episode in range(200)
    }
    assert len(keys) == 20 * 3 * 200


def test_pick_is_uniform_over_its_options() -> None:
    assert [pick(die, 3) for die in (0.0, 0.333, 0.334, 0.666, 0.667, 0.999999)] == [
        0,
        0,
        1,
        1,
        2,
        2,
    ]
