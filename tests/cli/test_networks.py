"""``main.py networks draw``."""

from __future__ import annotations

from pathlib import Path

import pytest

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.networks.draw import draw_network
from acd_plugin.envs.cyborg.networks.generator import GeneratorSettings
from acd_plugin.envs.cyborg.scenario_file import load_scenario
from tests.cli.conftest import Call
from tests.envs.cyborg.games import env_args


def test_networks_are_written_as_scenarios_and_never_over_a_file(call: Call, results: Path) -> None:
    folder = results.parent / "drawn"
    outcome = call("networks", "draw", "held_out:2..3", f"--out={folder}")
    assert outcome.code == 0, outcome.err
    generator = GeneratorSettings.model_validate(env_args(env="generated")["generator"])
    for number in (2, 3):
        written = load_scenario(str(folder / f"held_out_{number}.yaml"))
        assert written == draw_network(generator, Purpose.EVALUATE, number)
    (folder / "held_out_2.yaml").unlink()
    outcome = call("networks", "draw", "held_out:2..3", f"--out={folder}")
    assert outcome.code == 2
    assert "held_out_3.yaml: exists already" in outcome.err
    assert not (folder / "held_out_2.yaml").exists()
    outcome = call("networks", "draw", "9" * 20, f"--out={folder}")
    assert outcome.code == 2
    assert "is too large: networks have the numbers 0 to" in outcome.err


@pytest.mark.parametrize("word", ["lr=3", "env_args.attacker=direct", "env_args={networks: 3}"])
def test_what_drawing_does_not_read_is_refused(call: Call, results: Path, word: str) -> None:
    folder = results.parent / "drawn"
    outcome = call("networks", "draw", "0", f"--out={folder}", "with", word)
    assert outcome.code == 2
    assert "would change nothing: networks are drawn from env_args.generator" in outcome.err
    assert not folder.exists()
    words = ["env_args={generator: {subnets: [2, 3]}}", "env_args.time_limit=60"]
    assert call("networks", "draw", "0", f"--out={folder}", "with", *words).code == 0
