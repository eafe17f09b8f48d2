"""What games are called in which a trained policy acts as in tests."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

from acd_plugin.components.action_selectors import REGISTRY, EpsilonGreedy, SoftPolicies


def games_as_in_tests(config: Mapping[str, object]) -> str:
    """Return "greedy games" where the settings of a run make them so, else what they are."""
    make = REGISTRY.get(str(config.get("action_selector")))
    selector = make(SimpleNamespace(**config)) if make else None
    if selector is None:
        return "games"
    share = selector.exploration(0, test_mode=True)
    if share == 0.0:
        return "greedy games"
    if isinstance(selector, EpsilonGreedy):
        return f"games with {share:.3g} of all actions at random (evaluation_epsilon)"
    if isinstance(selector, SoftPolicies):
        return "games with actions drawn from the policy"
    return "games"
