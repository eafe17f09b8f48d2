"""How actions are chosen under masks: epsilon-greedily, or from a policy."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch

from acd_plugin.components.action_selectors import REGISTRY, EpsilonGreedy

VALUES = torch.tensor([[[5.0, 1.0, 2.0], [0.0, 9.0, 3.0]]])
MASKS = torch.tensor([[[0, 1, 1], [1, 0, 1]]])


def selector(**changes: Any) -> EpsilonGreedy:
    settings = {
        "epsilon_start": 1.0,
        "epsilon_finish": 0.05,
        "epsilon_anneal_time": 1000,
        "evaluation_epsilon": 0.0,
        "seed": 3,
        **changes,
    }
    return EpsilonGreedy(SimpleNamespace(**settings))


def test_the_greedy_choice_is_the_best_available_action() -> None:
    assert selector().select_action(VALUES, MASKS, 0, test_mode=True).tolist() == [[2, 2]]


def test_epsilon_falls_linearly_and_then_stays() -> None:
    chooser = selector()
    seen = []
    for step in (0, 500, 1000, 5000):
        chooser.select_action(VALUES, MASKS, step)
        seen.append(round(chooser.epsilon, 4))
    assert seen == [1.0, 0.525, 0.05, 0.05]


def test_random_actions_are_available_and_uniform() -> None:
    many = 4000
    masks = MASKS.expand(many, -1, -1)
    chosen = selector().select_action(VALUES.expand(many, -1, -1), masks, 0)
    assert torch.gather(masks, 2, chosen.unsqueeze(2)).all()
    share = (chosen[:, 0] == 1).float().mean().item()
    assert abs(share - 0.5) < 4 * 0.5 / many**0.5  # four standard errors


def test_every_agent_throws_its_own_coin() -> None:
    chooser = selector(epsilon_start=0.5, epsilon_finish=0.5)
    masks = torch.ones(4000, 2, 3)
    values = torch.tensor([1.0, 0.0, 0.0]).expand(4000, 2, 3)
    explored = chooser.select_action(values, masks, 0) != 0
    both = (explored[:, 0] & explored[:, 1]).float().mean().item()
    assert abs(both - (0.5 * 2 / 3) ** 2) < 0.025


def test_the_same_seed_explores_alike_whatever_else_draws_numbers() -> None:
    first = selector().select_action(VALUES, MASKS, 0)
    torch.rand(100)
    assert torch.equal(first, selector().select_action(VALUES, MASKS, 0))


POLICY = torch.tensor([[[0.5, 0.2, 0.3], [0.1, 0.6, 0.3]]]).expand(4000, 2, 3)
NO_BEST = torch.tensor([[[0, 1, 1], [1, 0, 1]]]).expand(4000, 2, 3)


@pytest.mark.parametrize("name", ["multinomial", "soft_policies"])
def test_policies_are_drawn_from_in_proportion(name: str) -> None:
    selector = REGISTRY[name](SimpleNamespace(seed=0))
    drawn = selector.select_action(POLICY, NO_BEST, 0)
    shares = torch.stack([(drawn == action).float().mean(dim=0) for action in range(3)], dim=1)
    expected = torch.tensor([[0.0, 0.4, 0.6], [0.25, 0.0, 0.75]])
    torch.testing.assert_close(shares, expected, atol=0.04, rtol=0.0)  # 5 standard errors


def test_multinomial_is_greedy_in_tests_unless_told_otherwise() -> None:
    greedy = REGISTRY["multinomial"](SimpleNamespace(seed=0))
    assert greedy.select_action(POLICY, NO_BEST, 0, test_mode=True).unique(dim=0).tolist() == [
        [2, 2]
    ]
    drawing = REGISTRY["multinomial"](SimpleNamespace(seed=0, test_greedy=False))
    assert len(drawing.select_action(POLICY, NO_BEST, 0, test_mode=True).unique(dim=0)) == 4
