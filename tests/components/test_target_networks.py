"""How target networks follow."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from acd_plugin.components.target_networks import TargetNetworks, TargetPair


def pair() -> TargetPair:
    return TargetPair(nn.Linear(2, 2), nn.Linear(2, 2))


def weights(network: nn.Module) -> Tensor:
    return nn.utils.parameters_to_vector(network.parameters()).detach().clone()


def equal(target: nn.Module, online: nn.Module) -> bool:
    pairs = zip(target.parameters(), online.parameters(), strict=True)
    return all(torch.equal(one, two) for one, two in pairs)


def test_an_interval_copies_when_it_has_passed() -> None:
    target, online = pair()
    networks = TargetNetworks(3.0, {"net": TargetPair(target, online)})
    networks.follow(2)
    assert not equal(target, online)
    networks.follow(3)
    assert equal(target, online)
    assert networks.last_copy == 3


def test_it_says_how_far_the_targets_are_to_move() -> None:
    networks = TargetNetworks(3.0, {})
    assert [networks.share_due(update) for update in range(1, 8)] == [0, 0, 1, 0, 0, 1, 0]
    assert networks.last_copy == 6
    assert [TargetNetworks(0.25, {}).share_due(update) for update in (1, 2)] == [0.25, 0.25]


def test_a_share_moves_all_pairs_at_every_update() -> None:
    pairs = {"one": pair(), "two": pair()}
    before = [weights(pair.target) for pair in pairs.values()]
    TargetNetworks(0.25, pairs).follow(1)
    for old, (target, online) in zip(before, pairs.values(), strict=True):
        torch.testing.assert_close(weights(target), old + 0.25 * (weights(online) - old))
