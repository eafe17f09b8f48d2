"""The ring of episodes: which are kept, and which are drawn."""

from __future__ import annotations

import itertools

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from acd_plugin.hosts.builtin.episode_batch import EpisodeBatch
from acd_plugin.hosts.builtin.replay_buffer import ReplayBuffer, sample_places
from tests.hosts.test_episode_batch import GROUPS, PREPROCESS, SCHEME, batch


def marked(episodes: int, first: int) -> EpisodeBatch:
    """Episodes whose difficulty is their number."""
    data = batch(episodes)
    numbers = torch.arange(first, first + episodes).reshape(-1, 1)
    data.update({"difficulty": numbers}, mark_filled=False)
    return data


@given(st.lists(st.integers(1, 4), min_size=1, max_size=12))
def test_the_buffer_keeps_the_latest_episodes(sizes: list[int]) -> None:
    buffer = ReplayBuffer(SCHEME, GROUPS, 4, 5, seed=0, preprocess=PREPROCESS)
    played = 0
    for size in sizes:
        buffer.insert_episode_batch(marked(size, played))
        played += size
    stored = sorted(buffer["difficulty"][: buffer.episodes_in_buffer, 0].tolist())
    assert stored == list(range(max(0, played - 4), played))


def test_a_sample_is_of_different_episodes_in_the_order_in_which_they_are_stored() -> None:
    buffer = ReplayBuffer(SCHEME, GROUPS, 10, 5, seed=5, preprocess=PREPROCESS)
    buffer.insert_episode_batch(marked(10, 0))
    drawn = [buffer.sample(6)["difficulty"][:, 0].tolist() for _ in range(5)]
    assert all(sorted(set(episodes)) == episodes for episodes in drawn)
    assert all(one != two for one, two in itertools.combinations(drawn, 2))
    assert buffer.draws == 5


def test_a_buffer_of_just_one_batch_returns_it_in_order() -> None:
    buffer = ReplayBuffer(SCHEME, GROUPS, 4, 5, seed=0, preprocess=PREPROCESS)
    buffer.insert_episode_batch(marked(4, 0))
    assert buffer.sample(4)["difficulty"][:, 0].tolist() == [0, 1, 2, 3]


def test_a_buffer_goes_on_from_its_stored_state() -> None:
    one = ReplayBuffer(SCHEME, GROUPS, 6, 5, seed=0, preprocess=PREPROCESS)
    one.insert_episode_batch(marked(4, 0))
    two = ReplayBuffer(SCHEME, GROUPS, 6, 5, seed=0, preprocess=PREPROCESS)
    two.load_state_dict(one.state_dict())
    for buffer in (one, two):
        buffer.insert_episode_batch(marked(4, 4))
        buffer.sample(3)
    assert torch.equal(one.sample(3)["difficulty"], two.sample(3)["difficulty"])


def places(seeds: list[int], draw: int, filled: int, buffer_size: int, batch_size: int) -> Tensor:
    runs = torch.tensor(seeds)
    draws, fillings = torch.full_like(runs, draw), torch.full_like(runs, filled)
    return sample_places(runs, draws, fillings, buffer_size, batch_size)


@given(st.data())
def test_a_sample_is_of_filled_places_without_repetition(data: st.DataObject) -> None:
    buffer_size = data.draw(st.integers(1, 40))
    filled = data.draw(st.integers(1, buffer_size))
    batch_size = data.draw(st.integers(1, filled))
    seed, number = data.draw(st.integers(0, 2**63 - 1)), data.draw(st.integers(0, 10**9))
    (found,) = places([seed], number, filled, buffer_size, batch_size).tolist()
    assert len(found) == batch_size
    assert sorted(set(found)) == found
    assert set(found) <= set(range(filled))


def test_a_run_draws_the_same_whatever_is_drawn_beside_it() -> None:
    """Nor does it matter what its buffer could hold."""
    alone = places([7], 3, 20, 20, 6)
    assert torch.equal(places([5, 7, 6], 3, 20, 50, 6)[1], alone[0])
    assert not torch.equal(places([8], 3, 20, 20, 6), alone)
    assert not torch.equal(places([7], 4, 20, 20, 6), alone)


def test_every_place_and_every_pair_is_drawn_as_often() -> None:
    """Counts of 20,000 samples lie within 5 standard deviations of what chance lets expect."""
    samples, filled, batch_size = 20_000, 9, 4
    numbers = torch.arange(samples)
    seeds, fillings = torch.full_like(numbers, 3), torch.full_like(numbers, filled)
    drawn = sample_places(seeds, numbers, fillings, 12, batch_size)
    chosen = torch.zeros(samples, filled).scatter_(1, drawn, 1.0)
    together = chosen.T @ chosen  # how often both places are in a sample; one with itself: it is
    single = batch_size / filled
    both = single * (batch_size - 1) / (filled - 1)
    expected = torch.full((filled, filled), both).fill_diagonal_(single)
    deviation = (samples * expected * (1 - expected)).sqrt()
    assert ((together - samples * expected).abs() < 5 * deviation).all()


def test_neighbouring_draws_and_seeds_have_nothing_in_common() -> None:
    """How many places two samples share: 16 of 100 twice, so 2.56 of 16 in the mean of 5,000."""
    numbers = torch.arange(5001)
    same, filled = torch.zeros_like(numbers), torch.full_like(numbers, 100)
    deviation = (2.56 * (84 / 100) * (84 / 99) / 5000) ** 0.5  # hypergeometric, of the mean
    for seeds, draws in ((same, numbers), (numbers, same)):
        drawn = sample_places(seeds, draws, filled, 100, 16)
        chosen = torch.zeros(5001, 100).scatter_(1, drawn, 1.0)
        shared = (chosen[1:] * chosen[:-1]).sum(dim=1)
        assert abs(shared.mean().item() - 2.56) < 5 * deviation
