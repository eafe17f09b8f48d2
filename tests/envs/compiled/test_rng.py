"""The random streams: known values, uniformity, independence of neighbours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from acd_plugin.envs.compiled.rng import mix, pick, roll_block, roll_one, stream_key

PINNED = [
    [0.008490913932085231, 0.8319730107277846, 0.7093399433569136, 0.37121924648894733],
    [0.9629924061043574, 0.7277845698206519, 0.6643924089493479, 0.17823308291218465],
    [0.3631524864482245, 0.4784401750022288, 0.755256260427612, 0.45405441254469625],
]


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


def block(number: int, columns: int, episodes: int = 100, steps: int = 30) -> NDArray[np.float64]:
    """Return the dice (episodes, steps, columns) of one block."""
    rows = np.empty((episodes, steps, columns))
    for episode in range(episodes):
        key = np.uint64(stream_key(1, 0, episode))
        for step in range(steps):
            roll_block(rows[episode, step], key, number, step)
    return rows


def test_the_numbers_are_what_they_were() -> None:
    """Block 0 as release 0.1.0 rolled it; the others as they were first rolled."""
    key = np.uint64(stream_key(7, 1, 5))
    dice = np.empty(4)
    rolled = []
    for number in (0, 1, 2):
        roll_block(dice, key, number, 3)
        rolled.append(dice.tolist())
    assert rolled == PINNED


def test_a_block_that_is_added_or_grows_moves_no_other_number() -> None:
    narrow, wide = block(1, columns=3, episodes=5), block(1, columns=9, episodes=5)
    assert (narrow == wide[:, :, :3]).all()
    assert not np.isin(block(0, columns=3, episodes=5), wide).any()
    key = np.uint64(stream_key(1, 0, 2))
    assert wide[2, 4, 7] == roll_one(key, 1, 4, 7)


def test_blocks_are_uniform_and_independent_of_each_other() -> None:
    rows = [block(number, columns=8) for number in range(4)]
    for one in rows[1:]:
        assert stats.kstest(one.ravel(), "uniform").pvalue > 0.01
        for axis in range(3):
            first = np.take(one, range(one.shape[axis] - 1), axis).ravel()
            second = np.take(one, range(1, one.shape[axis]), axis).ravel()
            assert abs(np.corrcoef(first, second)[0, 1]) < 4 / len(first) ** 0.5
    together = np.corrcoef([one.ravel() for one in rows])
    assert np.abs(together - np.eye(4)).max() < 4 / rows[0].size ** 0.5


def test_no_two_places_of_all_blocks_share_a_number() -> None:
    numbers = np.concatenate([block(number, columns=8, episodes=20).ravel() for number in range(6)])
    assert len(np.unique(numbers)) == len(numbers)
