"""Chance as a function of where it is used."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from acd_plugin.components.chance import (
    Stream,
    at_step,
    draw,
    mix,
    random_words,
    stream_keys,
    unit,
)
from acd_plugin.envs.compiled import rng
from acd_plugin.envs.compiled.integers import wrapping_integers

STREAMS = {"exploration": Stream(2), "message_noise": Stream(1, normal=True)}


def drawn(seeds: list[int], episodes: list[int], purpose: int = 0) -> dict[str, Tensor]:
    numbers = torch.tensor([episodes] * len(seeds))
    return draw(STREAMS, torch.tensor(seeds), purpose, numbers, steps=4, agents=3)


@given(st.integers(-(2**63), 2**63 - 1))
def test_words_are_scrambled_as_in_the_games(word: int) -> None:
    with wrapping_integers():
        expected = int(rng.mix(torch.tensor([word]).numpy().view("uint64")[0]))
    assert int(mix(torch.tensor([word]))) % 2**64 == expected


def test_a_game_draws_the_same_whatever_is_drawn_beside_it() -> None:
    alone = drawn([7], [12])
    beside = drawn([3, 7, 5], [10, 11, 12, 13])
    for name, numbers in alone.items():
        assert torch.equal(numbers[0, 0], beside[name][1, 2])


def test_every_seed_purpose_episode_step_and_agent_has_numbers_of_its_own() -> None:
    both = [drawn([0, 1], [0, 1], purpose)["exploration"] for purpose in (0, 1)]
    numbers = torch.stack(both).flatten()
    assert numbers.unique().numel() == numbers.numel()


def test_numbers_are_uniform_and_normal() -> None:
    seeds = torch.arange(8)
    found = draw(STREAMS, seeds, 0, torch.arange(256).expand(8, -1), steps=10, agents=4)
    uniform, normal = found["exploration"].double(), found["message_noise"].double()
    assert uniform.min() >= 0.0
    assert uniform.max() < 1.0
    # of n independent numbers: within 5 standard errors
    n = uniform.numel()
    assert abs(uniform.mean() - 0.5) < 5 * (1 / 12 / n) ** 0.5
    assert abs(uniform.var() - 1 / 12) < 5 * (1 / 180 / n) ** 0.5
    n = normal.numel()
    assert abs(normal.mean()) < 5 * n**-0.5
    assert abs(normal.var() - 1.0) < 5 * (2 / n) ** 0.5
    pairs = torch.corrcoef(torch.stack([uniform[:-1].flatten(), uniform[1:].flatten()]))
    assert abs(pairs[0, 1]) < 5 * uniform[1:].numel() ** -0.5


def test_the_largest_word_is_below_one() -> None:
    assert unit(torch.tensor([-1])).item() == 1.0 - 2.0**-24


def test_one_step_is_a_slice_of_the_episode() -> None:
    found = drawn([1], [5])
    assert torch.equal(at_step(found, 2)["exploration"], found["exploration"][:, :, 2])


def test_streams_do_not_share_numbers() -> None:
    words = [random_words(stream_keys(torch.tensor(0), n), torch.tensor(0)) for n in ("a", "b")]
    assert words[0] != words[1]
