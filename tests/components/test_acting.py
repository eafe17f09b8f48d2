"""Games are called greedy only where they are."""

from __future__ import annotations

import pytest

from acd_plugin.components.acting import games_as_in_tests
from acd_plugin.configuration.layers import load_config


@pytest.mark.parametrize(
    ("algorithm", "override", "expected"),
    [
        ("dial", "seed=0", "greedy games"),
        ("qmix", "evaluation_epsilon=1.0", "games with 1 of all actions at random"),
        ("rial", "evaluation_epsilon=0.05", "games with 0.05 of all actions at random"),
        ("ippo", "seed=0", "greedy games"),
        ("ippo", "test_greedy=False", "games with actions drawn from the policy"),
        ("mappo", "action_selector=soft_policies", "games with actions drawn from the policy"),
        ("dial", "action_selector=of_my_own", "games"),
    ],
)
def test_what_games_are_called(algorithm: str, override: str, expected: str) -> None:
    assert games_as_in_tests(load_config(algorithm, "cyborg_small", [override])).startswith(
        expected
    )
