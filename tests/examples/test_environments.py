"""Environments, attackers and reward terms of one's own: the examples run, and pass the check."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from acd_plugin.configuration.layers import load_config
from acd_plugin.configuration.plugins import load_plugins
from acd_plugin.envs.checker import check_environment
from tests.examples.test_examples import EXAMPLES, MAIN, run
from tests.slow import slow_but

FILES = {
    "slow": EXAMPLES / "attacker" / "slow.yaml",
    "intruders": EXAMPLES / "reward_term" / "intruders.yaml",
    "echo": EXAMPLES / "environment" / "echo.yaml",
    "meeting": EXAMPLES / "pettingzoo" / "meeting.yaml",
}
STATISTICS = {
    "slow": "hosts_compromised_mean",
    "intruders": "reward_intruders_mean",
    "echo": "right_mean",
    "meeting": "left_distance_mean",
}
TINY = [
    *("batch_size=8", "batch_size_run=4", "buffer_size=8", "test_nepisode=4", "hidden_dim=16"),
    *("t_max=400", "test_interval=400", "save_model=False"),
]


@pytest.mark.parametrize("name", slow_but("slow".__eq__, FILES))
def test_the_check_finds_nothing_to_complain_of(name: str) -> None:
    load_plugins([str(FILES[name].with_suffix(".py"))])
    config = load_config("dial", str(FILES[name]), [])
    assert check_environment(config["env"], config["env_args"]) == []


@pytest.mark.parametrize("name", slow_but("meeting".__eq__, FILES))
def test_one_python_file_and_one_yaml_file_are_enough(tmp_path: Path, name: str) -> None:
    algorithm = "qmix" if name == "meeting" else "dial"
    run(tmp_path, MAIN, f"--config={algorithm}", f"--env-config={FILES[name]}", "with", *TINY)
    folder = tmp_path / "results" / "1"
    config = json.loads((folder / "config.json").read_text())
    assert config["env_name"] == name
    assert STATISTICS[name] in (folder / "metrics.jsonl").read_text()
