"""Episodes as tensors: writing, reading, preprocessing."""

from __future__ import annotations

import pytest
import torch

from acd_plugin.components.contracts import Preprocess, Scheme
from acd_plugin.hosts.builtin.episode_batch import EpisodeBatch
from acd_plugin.hosts.builtin.transforms import OneHot

SCHEME: Scheme = {
    "state": {"vshape": 3},
    "actions": {"vshape": (1,), "group": "agents", "dtype": torch.long},
    "reward": {"vshape": (1,)},
    "difficulty": {"vshape": (1,), "episode_const": True},
}
GROUPS = {"agents": 2}
PREPROCESS: Preprocess = {"actions": ("actions_onehot", [OneHot(4)])}


def batch(episodes: int = 3, steps: int = 5) -> EpisodeBatch:
    return EpisodeBatch(SCHEME, GROUPS, episodes, steps, preprocess=PREPROCESS)


def test_entries_have_the_shapes_of_the_scheme() -> None:
    data = batch()
    assert data["state"].shape == (3, 5, 3)
    assert data["actions"].shape == (3, 5, 2, 1)
    assert data["actions"].dtype == torch.long
    assert data["difficulty"].shape == (3, 1)
    assert data["filled"].shape == (3, 5, 1)


def test_a_step_can_be_written_with_or_without_its_axis() -> None:
    one, two = batch(), batch()
    one.update({"actions": [[[1], [2]]] * 3}, ts=1)
    two.update({"actions": [[[[1], [2]]]] * 3}, ts=slice(1, 2))
    assert torch.equal(one["actions"], two["actions"])
    assert one["actions"][:, 1, :, 0].tolist() == [[1, 2]] * 3


def test_what_is_written_is_preprocessed() -> None:
    data = batch()
    data.update({"actions": [[[3], [0]]]}, bs=[1], ts=2)
    assert data["actions_onehot"][1, 2].tolist() == [[0, 0, 0, 1], [1, 0, 0, 0]]
    assert not data["actions_onehot"][0].any()


def test_only_marked_steps_count_as_filled() -> None:
    data = batch()
    data.update({"reward": [[1.0]] * 3}, ts=0)
    data.update({"reward": [[1.0]]}, bs=[2], ts=1)
    data.update({"reward": [[1.0]] * 3}, ts=4, mark_filled=False)
    assert data.max_t_filled() == 2
    assert data["filled"][:, :, 0].sum(dim=1).tolist() == [1, 1, 2]


def test_parts_are_batches_of_their_own() -> None:
    data = batch()
    data.update({"state": torch.arange(3.0).repeat(3, 1)}, ts=1)
    part = data[1:, 1:3]
    assert (part.batch_size, part.max_seq_length) == (2, 2)
    assert part["state"][:, 0].tolist() == [[0, 1, 2]] * 2
    assert data[[2, 0]].batch_size == 2
    assert data["state", "reward"].data.keys() == {"state", "reward"}
    assert data[1, 2]["reward"].shape == (1, 1, 1)


def test_an_unknown_entry_is_named_with_the_legal_ones() -> None:
    with pytest.raises(KeyError, match=r"rewards is not in the scheme \(state, actions"):
        batch().update({"rewards": 0})
