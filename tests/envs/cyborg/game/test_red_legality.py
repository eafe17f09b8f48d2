"""What an attacker may choose."""

from __future__ import annotations

import pytest

from acd_plugin.envs.cyborg.game.red.legality import is_legal
from acd_plugin.envs.cyborg.game.types import NOBODY, Level, Red
from tests.envs.cyborg.games import Table

# The small network: hosts 0 (foothold) to 4 (objective), of which 1 is held; subnets 0 and 1.
CASES = [
    (Red.SLEEP, NOBODY, NOBODY, True),
    (Red.SLEEP, 99, 99, True),  # it does nothing to either
    (Red.SWEEP, 1, 0, True),
    (Red.SWEEP, 2, 0, False),
    (Red.SWEEP, NOBODY, 0, False),
    (Red.SWEEP, 1, NOBODY, False),
    (Red.SCAN, 4, 0, True),
    (Red.SCAN, 4, 5, False),
    (Red.SCAN, 5, 0, False),
    (Red.SCAN, 0, 0, False),
    (Red.EXPLOIT, 2, 1, True),
    (Red.EXPLOIT, 1, 0, False),
    (Red.EXPLOIT, NOBODY, 0, False),
    (Red.ESCALATE, 1, 1, True),
    (Red.ESCALATE, 1, 0, False),
    (Red.ESCALATE, 0, 0, False),
    (Red.IMPACT, 4, 4, True),
    (Red.IMPACT, 3, 3, False),
    (Red.IMPACT, 4, 0, False),
    (6, 1, 1, False),
    (-1, 1, 1, False),
]


@pytest.mark.parametrize(("kind", "target", "source", "legal"), CASES)
def test_only_what_the_rules_can_carry_out_is_legal(
    kind: int, target: int, source: int, legal: bool
) -> None:
    table = Table()
    table.invade("User1", Level.USER)
    state = table.state
    state.red_kind[0], state.red_target[0], state.red_source[0] = kind, target, source
    assert is_legal(state, table.rules, 0) == legal
