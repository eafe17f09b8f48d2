"""A rule that was edited makes another game, until somebody has looked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from acd_plugin.envs.compiled.content import files_of
from acd_plugin.envs.cyborg import certification
from acd_plugin.envs.cyborg.cyborg_env import CyborgEnv
from acd_plugin.envs.cyborg.scenario import Content, Scenario
from acd_plugin.envs.cyborg.scenario_file import load_scenario
from tests.envs.cyborg.games import env_args


def test_the_rules_are_certified() -> None:
    assert certification.rules_digest() == certification.CERTIFIED, (
        "the rules were edited. If the golden games, the replay and the statistics pass, write "
        f"CERTIFIED = '{certification.rules_digest()}' into {certification.__file__}; if the games "
        "are others now, raise RULES (and acd_plugin.NUMBERS) too"
    )
    assert CyborgEnv.blueprint(**env_args()).identity["rules"] == certification.RULES


def test_an_edited_rule_has_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certification, "rules_digest", lambda: "0123456789abcdef")
    assert certification.rules_name() == f"{certification.RULES}-edited-0123456789abcdef"


@pytest.mark.parametrize(
    ("edited", "same"),
    [
        ('"""Other words."""\n\n\ndef f(a):\n    """New."""\n    return a + 1\n', True),
        ("def f( a ):  # a comment\n    return (a\n        + 1)", True),
        ("def f(a):\n    return a + 2", False),
        ("def f(a):\n    return a + 1\n\n\nB = None", False),
    ],
)
def test_rewording_is_free_and_editing_is_not(tmp_path: Path, edited: str, same: bool) -> None:
    file = tmp_path / "rule.py"
    file.write_text('"""Words."""\n\ndef f(a):\n    """Old."""\n    return a + 1\n')
    before = files_of(tmp_path)
    exact, meaning = before.exact(), before.meaning()
    file.write_text(edited)
    assert (files_of(tmp_path).meaning() == meaning) is same
    assert files_of(tmp_path).exact() != exact


def test_a_key_of_scenarios_that_is_added_later_leaves_old_names_alone() -> None:
    class Later(Scenario):
        added = Scenario.added | {"vlan"}
        vlan: int = 0

    assert issubclass(Later, Content)
    today = load_scenario("dial_2_subnets_green")
    content = json.loads(today.model_dump_json())
    old, new = Later(**content), Later(**content, vlan=3)
    assert old.model_dump_json() == today.model_dump_json()
    assert json.loads(new.model_dump_json()) == content | {"vlan": 3}
