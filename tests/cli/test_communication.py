"""``communication``: what it prints and stores, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call


@pytest.mark.parametrize("config", ["dial", "rial"])
def test_a_policys_messages_are_examined(
    train: Call, call: Call, results: Path, config: str
) -> None:
    train(2, config=config)
    first = call("communication", "1", "--episodes=16")
    assert first.code == 0, first.err
    for words in ("threat elsewhere", "through the policy", "always 0", "agent 1 sends"):
        assert words in first.out
    stored = (results / "1" / "communication.json").read_text()
    assert "NaN" not in stored  # which Python reads, and hardly anything else does
    found = json.loads(stored)
    assert len(found["agents"]) == 2
    assert set(found["influence"]) == {
        *("in all", "through what the message unlocks", "through the policy")
    }
    assert len(found["ablations"]) == 6 + 2 * len(found["agents"])
    assert call("communication", "1", "--episodes=16").out == first.out
    tried = call("communication", "1", "--episodes=16", "with", "channel.liar=1", "channel.delay=2")
    assert "  channel.liar=1 channel.delay=2 " in tried.out
    changed = call("evaluate", "1", "--episodes=16", "with", "channel.loss=1")
    assert "messages_sent" in changed.out, changed.err


@pytest.mark.parametrize(
    ("config", "options", "message"),
    [
        ("dial_nocomm", [], "'dial_nocomm' sends no messages; choose a run of dial or rial"),
        ("dial", ["--episodes=1"], "--episodes is 1: must be at least 4"),
        ("dial", ["with", "lr=1"], "cannot examine with 'lr=1'"),
        ("dial", ["with", "channel.liar=Nobody"], "channel.liar is 'Nobody', which is no agent"),
        ("dial", ["--probability=1.5"], "--probability is 1.5: must be between 0 and 1"),
    ],
)
def test_bad_input_is_one_line(
    train: Call, call: Call, results: Path, config: str, options: list[str], message: str
) -> None:
    train(1, config=config)
    outcome = call("communication", "1", *options)
    assert outcome.code == 2
    assert message in outcome.err
    assert not (results / "1" / "communication.json").exists()


def test_several_runs_are_examined_all_or_none(train: Call, call: Call, results: Path) -> None:
    for config in ("dial", "rial", "dial_nocomm"):
        train(1, config=config)
    refused = call("communication", "1", "3", "--episodes=4")
    assert refused.code == 2
    assert "'dial_nocomm' sends no messages" in refused.err
    assert not list(results.glob("*/communication.json"))
    assert call("communication", "1", "2", "--episodes=4").code == 0
    stored = sorted(path.parent.name for path in results.glob("*/communication.json"))
    assert stored == ["1", "2"]
