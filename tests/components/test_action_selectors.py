"""How actions are chosen under masks: epsilon-greedily, or from a policy."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from acd_plugin.components.action_selectors import REGISTRY, EpsilonGreedy, pick
from acd_plugin.components.chance import Stream, draw

VALUES = torch.tensor([[[5.0, 1.0, 2.0], [0.0, 9.0, 3.0]]])
MASKS = torch.tensor([[[0, 1, 1], [1, 0, 1]]])
MANY = 4000


def chances(columns: int) -> torch.Tensor:
    """Return uniform numbers for many choices of two agents."""
    streams = {"exploration": Stream(columns)}
    drawn = draw(streams, torch.tensor(3), 0, torch.arange(MANY), steps=1, agents=2)
    return drawn["exploration"][:, 0]


def selector(**changes: Any) -> EpsilonGreedy:
    settings = {
        "epsilon_start": 1.0,
        "epsilon_finish": 0.05,
        "epsilon_anneal_time": 1000,
        "evaluation_epsilon": 0.0,
        **changes,
    }
    return EpsilonGreedy(SimpleNamespace(**settings))


def test_the_greedy_choice_is_the_best_available_action() -> None:
    never = torch.zeros(1, 2, 2)  # coins that would explore at the slightest chance
    assert selector().choose(VALUES, MASKS, never, 0.0).tolist() == [[2, 2]]


def test_epsilon_falls_linearly_and_then_stays() -> None:
    chooser = selector()
    seen = [round(chooser.exploration(step, False), 4) for step in (0, 500, 1000, 5000)]
    assert seen == [1.0, 0.525, 0.05, 0.05]
    assert chooser.epsilon == 0.05


def test_tests_have_an_epsilon_of_their_own_and_leave_that_of_training_alone() -> None:
    chooser = selector(evaluation_epsilon=0.25)
    assert chooser.exploration(500, True) == 0.25
    assert chooser.epsilon == 1.0


def test_random_actions_are_available_and_uniform() -> None:
    masks = MASKS.expand(MANY, -1, -1)
    chosen = selector().choose(VALUES.expand(MANY, -1, -1), masks, chances(2), 1.0)
    assert torch.gather(masks, 2, chosen.unsqueeze(2)).all()
    share = (chosen[:, 0] == 1).float().mean().item()
    assert abs(share - 0.5) < 4 * 0.5 / MANY**0.5  # four standard errors


def test_every_agent_throws_its_own_coin() -> None:
    masks = torch.ones(MANY, 2, 3)
    values = torch.tensor([1.0, 0.0, 0.0]).expand(MANY, 2, 3)
    explored = selector().choose(values, masks, chances(2), 0.5) != 0
    both = (explored[:, 0] & explored[:, 1]).float().mean().item()
    assert abs(both - (0.5 * 2 / 3) ** 2) < 0.025


def test_a_share_in_a_tensor_is_as_good_as_a_number() -> None:
    masks = torch.ones(MANY, 2, 3)
    values = torch.tensor([1.0, 0.0, 0.0]).expand(MANY, 2, 3)
    numbers = [selector().choose(values, masks, chances(2), share) for share in (0.0, 0.3)]
    tensors = [
        selector().choose(values, masks, chances(2), torch.tensor(share)) for share in (0.0, 0.3)
    ]
    assert all(torch.equal(one, two) for one, two in zip(numbers, tensors, strict=True))


POLICY = torch.tensor([[[0.5, 0.2, 0.3], [0.1, 0.6, 0.3]]]).expand(MANY, 2, 3)
NO_BEST = torch.tensor([[[0, 1, 1], [1, 0, 1]]]).expand(MANY, 2, 3)


@pytest.mark.parametrize("name", ["multinomial", "soft_policies"])
def test_policies_are_drawn_from_in_proportion(name: str) -> None:
    selector = REGISTRY[name](SimpleNamespace())
    share = selector.exploration(0, False)
    drawn = selector.choose(POLICY, NO_BEST, chances(1), share)
    shares = torch.stack([(drawn == action).float().mean(dim=0) for action in range(3)], dim=1)
    expected = torch.tensor([[0.0, 0.4, 0.6], [0.25, 0.0, 0.75]])
    torch.testing.assert_close(shares, expected, atol=0.04, rtol=0.0)  # 5 standard errors


def test_multinomial_is_greedy_in_tests_unless_told_otherwise() -> None:
    greedy = REGISTRY["multinomial"](SimpleNamespace())
    assert greedy.exploration(0, True) == 0.0
    assert greedy.choose(POLICY[:1], NO_BEST[:1], chances(1)[:1], 0.0).tolist() == [[2, 2]]
    drawing = REGISTRY["multinomial"](SimpleNamespace(test_greedy=False))
    assert drawing.exploration(0, True) == 1.0


@given(
    st.lists(st.sampled_from([0.0, 0.25, 1.0, 3.0]), min_size=1, max_size=6),
    st.floats(0.0, 1.0, exclude_max=True, width=32),
)
def test_nothing_without_weight_is_ever_picked(weights: list[float], chance: float) -> None:
    number = min(torch.tensor(chance), torch.tensor(1.0 - 2.0**-24))  # the largest that is drawn
    picked = int(pick(torch.tensor(weights), number))
    assert weights[picked] > 0 or not any(weights)
