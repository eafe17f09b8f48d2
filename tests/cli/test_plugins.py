"""Somebody's own files: named in a YAML file or on the command line, and never run unasked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from acd_plugin.envs.registry import REGISTRY
from tests.cli.conftest import EPOCH, TINY_RUN, Call, run_json

OWN = """
from acd_plugin.envs.registry import REGISTRY
from tests.toy_envs import SignalEnv

class Mine(SignalEnv):
    \"\"\"{remark}\"\"\"

REGISTRY["mine"] = Mine
"""
TOY = ["t_max=64", *(word for word in TINY_RUN if "interval" not in word)]


@pytest.fixture
def own_env(results: Path) -> Iterator[Path]:
    """A folder with an environment of one's own; the registry is left as it was."""
    folder = results.parent / "own"
    folder.mkdir()
    (folder / "mine.py").write_text(OWN.format(remark="First."))
    (folder / "mine.yaml").write_text("env: mine\nenv_args: {}\nplugins: [mine.py]\n")
    yield folder
    REGISTRY.pop("mine", None)


def test_one_file_and_one_yaml_are_enough(call: Call, results: Path, own_env: Path) -> None:
    words = ["--config=iql", "--env-config=own/mine.yaml", "with", *TOY]
    outcome = call(*words)
    assert outcome.code == 0, outcome.err
    config = json.loads((results / "1" / "config.json").read_text())
    assert config["plugins"] == ["own/mine.py"]  # beside the file that names it
    assert (config["env_name"], config["episode_limit"]) == ("mine", 2)
    assert set(config["game"]) == {"environment", "plugins"}
    refused = call("evaluate", "1")
    assert refused.code == 2
    assert "needs the plugins it was trained with; if you trust them, add --plugin=own/mine.py" in (
        refused.err
    )
    assert call("resume", "1", "with", "t_max=128").code == 2
    trusted = ["--plugin=own/mine.py"]
    assert call("evaluate", "1", "--episodes=4", *trusted).code == 0
    assert call("resume", "1", *trusted, "with", "t_max=128").code == 0
    (own_env / "mine.py").write_text(OWN.format(remark="Second."))
    changed = call("evaluate", "1", *trusted)
    assert changed.code == 2
    assert "was trained with other plugins than those given" in changed.err


def test_a_plugin_can_be_named_on_the_command_line(
    call: Call, results: Path, own_env: Path
) -> None:
    (own_env / "bare.yaml").write_text("env: mine\nenv_args: {}\n")
    words = ["--config=iql", "--env-config=own/bare.yaml", "--plugin=own/mine.py", "with", *TOY]
    assert call(*words).code == 0
    assert "--plugin=own/mine.py" in run_json(results / "1")["meta"]["command_line"]


def test_a_plugin_that_fails_is_one_line(call: Call, results: Path) -> None:
    Path("wrong.py").write_text("1 / 0\n")
    outcome = call("--config=iql", "--env-config=cyborg_small", "--plugin=wrong.py", "with", *TOY)
    assert outcome.code == 2
    assert outcome.err == "error: plugin 'wrong.py' fails: ZeroDivisionError: division by zero\n"
    assert not results.exists()


@pytest.mark.parametrize("kind", ["environment", "algorithm", "scenario"])
def test_what_is_ones_own_is_checked(call: Call, kind: str, own_env: Path) -> None:
    del own_env
    name = {"environment": "own/mine.yaml", "algorithm": "iql", "scenario": "dial_2_subnets"}[kind]
    checked = call("check", kind, name)
    assert checked.code == 0, checked.err
    assert f"{kind} {name}: " in checked.out
    wrong = call("check", kind, "nothing.yaml")
    assert wrong.code == 2
    assert "nothing.yaml: no such file" in wrong.err


def test_an_abbreviated_option_is_refused(call: Call, results: Path) -> None:
    """An abbreviated --mongo would be recorded with its password."""
    words = ["--config=dial", "--env-config=cyborg_small", "--mong=mongodb://me:secret@x", "with"]
    outcome = call(*words)
    assert outcome.code == 2
    assert "unknown option '--mong'; did you mean '--mongo'?" in outcome.err
    assert not results.exists()


def test_a_run_ends_after_so_many_games(call: Call, results: Path) -> None:
    words = ["--config=dial", "--env-config=cyborg_small", "with", *TINY_RUN]
    assert call(*words, "episodes_max=24").code == 0
    assert (results / "1" / "checkpoints" / f"{3 * EPOCH}.pt").exists()
    refused = call("resume", "1")
    assert "has reached its episodes_max of 24" in refused.err
    assert call("resume", "1", "with", "episodes_max=32").code == 0
    assert (results / "1" / "checkpoints" / f"{4 * EPOCH}.pt").exists()


def test_no_other_plugin_plays_with_a_stored_run(
    call: Call, results: Path, own_env: Path, tmp_path: Path
) -> None:
    assert call("--config=iql", "--env-config=own/mine.yaml", "with", *TOY).code == 0
    other = tmp_path / "other.py"
    other.write_text("import acd_plugin.envs.registry\n")
    for command in ("evaluate", "resume"):
        refused = call(command, "1", f"--plugin={other}", "--plugin=own/mine.py")
        assert refused.code == 2
        assert "was trained with other plugins than those given: give it own/mine.py" in refused.err
    (own_env / "mine.py").write_text(OWN.format(remark="Edited."))
    words = ["--plugin=own/mine.py", "with", "env_args.more=1"]
    assert call("evaluate", "1", "--episodes=4", *words).code == 2
    assert not (results / "1" / "evaluations.jsonl").exists()
