"""What was read before is read as before: every file, and every configuration on record.

PyYAML, which read them until 0.2.0, follows YAML 1.1. On purpose other are: numbers like 010 and
1e6, text like `on` and `1:30`, and what is refused (`test_yaml_text.py`).
"""

from __future__ import annotations

import ast
import json
import os
import shlex
from pathlib import Path

import pytest
import yaml

from acd_plugin.configuration.keys import check_value, declared_keys
from acd_plugin.configuration.layers import Config, change, load_config, parse_value
from acd_plugin.configuration.migration import migrate
from acd_plugin.configuration.yaml_file import read_yaml
from acd_plugin.tracking.archive import unpacked
from tests.house.source import ROOT

OURS = [
    path
    for folder in ("config", "examples", "experiments")
    for path in sorted((ROOT / folder).rglob("*.yaml"))
]
HOME = os.environ.get("EPYMARL_HOME", "")
EPYMARLS = sorted((Path(HOME) / "src" / "config").rglob("*.yaml")) if HOME else []
PUBLISHED = ROOT / "docs" / "results" / "runs.tar.xz"


def of_runs(name: str) -> list[Config]:
    return [json.loads(path.read_text()) for path in sorted(unpacked(PUBLISHED).glob(f"*/{name}"))]


@pytest.mark.parametrize(
    "path", [*OURS, *EPYMARLS], ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_files_give_equal_values(path: Path) -> None:
    assert repr(read_yaml(path, repeats=path in EPYMARLS)) == repr(
        yaml.safe_load(path.read_text(encoding="utf-8"))
    )


def test_recorded_configurations_are_in_range() -> None:
    owners = declared_keys()
    configs = [migrate(config) for config in of_runs("config.json")]
    assert len(configs) > 100
    for config in configs:
        assert change(config, {}) == config
        for key in config.keys() & owners.keys():
            assert check_value(key, config[key], owners[key]) == config[key]


def test_recorded_commands_mean_the_same() -> None:
    """As 0.1.0 read them: as Python, else as YAML."""
    commands = {run["meta"]["command_line"] for run in of_runs("run.json")}
    words = {word for command in commands for word in shlex.split(command.partition(" with ")[2])}
    assert words
    for word in words:
        text = word.partition("=")[2]
        try:
            before = ast.literal_eval(text)
        except (ValueError, SyntaxError):
            before = yaml.safe_load(text)
        assert repr(parse_value(text)) == repr(before)


@pytest.mark.skipif(not EPYMARLS, reason="EPYMARL_HOME names no EPyMARL checkout")
@pytest.mark.parametrize("algorithm", [p.stem for p in EPYMARLS if p.parent.name == "algs"])
def test_all_of_epymarls_algorithms_are_configurations(algorithm: str) -> None:
    below = Path(HOME) / "src" / "config"
    config = load_config(algorithm, "cyborg_small", ["label=mine"], below)
    own = str(below / "algs" / f"{algorithm}.yaml")
    assert load_config(own, "cyborg_small", ["label=mine"], below)["learner"] == config["learner"]
