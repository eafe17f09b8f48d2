"""Every key has a type and limits, and keys that nobody knows are refused, in whatever file."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import acd_plugin
from acd_plugin.components.component_settings import ComponentSettings
from acd_plugin.configuration.algorithm_settings import AlgorithmSettings
from acd_plugin.configuration.keys import declared_keys
from acd_plugin.configuration.layers import load_config, load_environment
from acd_plugin.configuration.paths import config_root
from acd_plugin.configuration.run_settings import RunSettings
from acd_plugin.configuration.types_in_words import legal_values
from acd_plugin.configuration.validation import Settings
from acd_plugin.configuration.yaml_file import read_yaml
from acd_plugin.errors import UserError
from tests.house.source import ROOT

SHIPPED: dict[str, type[Settings]] = {
    name: model for model in (RunSettings, AlgorithmSettings) for name in model.model_fields
}
TOLD_BY_THE_ENVIRONMENT = {"n_agents", "n_actions", "state_shape"}
PLUGIN = """
from acd_plugin.components.component_settings import ComponentSettings

class Mine(ComponentSettings):
    patience: int
"""


def test_what_components_read_has_a_type_and_limits() -> None:
    """Whoever adds a key to a component is told here to say in configuration/ what it may be."""
    for _, name, _ in pkgutil.walk_packages(acd_plugin.__path__, "acd_plugin."):
        if name.split(".")[1] in ("agents", "critics", "mixers", "controllers", "learners"):
            importlib.import_module(name)
    read: set[str] = set()
    classes = [ComponentSettings]
    while classes:
        model = classes.pop()
        classes += model.__subclasses__()
        if model.__module__.startswith("acd_plugin."):
            read |= model.model_fields.keys()
    assert read - SHIPPED.keys() == TOLD_BY_THE_ENVIRONMENT


def test_files_that_come_with_the_package_have_no_other_keys() -> None:
    files = [config_root() / "default.yaml", *(config_root() / "algs").glob("*.yaml")]
    files += (config_root() / "envs").glob("*.yaml")
    for path in files:
        assert read_yaml(path).keys() - {"extends"} <= declared_keys().keys()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("extends: dial\nlearning_rate: 0.1\n", "line 2: unknown key 'learning_rate'"),
        ("extends: dial\n\ngama: 0.1\n", "line 3: unknown key 'gama'; did you mean 'gamma'?"),
        ("extend: dial\n", "line 1: unknown key 'extend'; did you mean 'extends'?"),
        ("extends: dial\nn_agents: 2\n", "'n_agents' follows from the environment: leave it out"),
        ("extends: dial\nenv_name: other\n", "'env_name' follows from the environment"),
        ("extends: dial\nlr: high\n", "line 2: 'lr' is 'high': input should be a valid number"),
        ("extends: dial\nlr: .inf\n", "line 2: 'lr' is inf: input should be a finite number"),
        ("extends: dial\nlr: .nan\n", "line 2: 'lr' is nan: input should be a finite number"),
        ("extends: dial\nlr:\n", "line 2: 'lr' is None"),
        ("extends: [dial]\n", "extends is ['dial']: name one algorithm"),
        ("extends: dial\nplugins: mine.py\n", "write a list, as plugins: [my_file.py]"),
        ("extends: dial\nplugins: [none.py]\nx: 1\n", "none.py': no such Python file"),
        (f"extends: dial\n{'k' * 900}: 1\n", "line 2: unknown key 'kkk"),
    ],
)
def test_mistakes_in_a_file_are_told_with_their_line(
    tmp_path: Path, text: str, message: str
) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(text)
    with pytest.raises(UserError) as error:
        load_config(str(mine), "cyborg_small", [])
    assert message in str(error.value)
    assert str(error.value).startswith((f"{mine}: ", "plugin '"))
    assert len(str(error.value)) < 1000
    assert "\n" not in str(error.value)


def test_an_environments_file_is_checked_as_well(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("extends: cyborg_small\ntmax: 100\n")
    with pytest.raises(UserError, match="line 2: unknown key 'tmax'; did you mean 't_max'"):
        load_config("dial", str(mine), [])
    with pytest.raises(UserError, match="line 2: unknown key 'tmax'"):
        load_environment(str(mine))
    mine.write_text("env: [cyborg]\nenv_args: {}\n")
    with pytest.raises(UserError, match="line 1: 'env' is"):
        load_environment(str(mine))


def test_a_plugin_makes_its_keys_known(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    (tmp_path / "mine.py").write_text(PLUGIN)
    mine.write_text("extends: dial\nplugins: [mine.py]\npatience: 3\n")
    assert load_config(str(mine), "cyborg_small", ["patience=4"])["patience"] == 4
    mine.write_text("extends: dial\nplugins: [mine.py]\npatiense: 3\n")
    with pytest.raises(UserError, match="unknown key 'patiense'; did you mean 'patience'"):
        load_config(str(mine), "cyborg_small", [])
    mine.write_text("extends: dial\nplugins: [mine.py]\npatience: long\n")
    with pytest.raises(UserError, match="line 3: 'patience' is 'long'"):
        load_config(str(mine), "cyborg_small", [])


def test_a_hosts_keys_are_known_in_its_runs_alone(tmp_path: Path) -> None:
    below, mine = tmp_path / "host", tmp_path / "mine.yaml"
    (below / "algs").mkdir(parents=True)
    (below / "default.yaml").write_text("theirs: 1\n")
    (below / "algs/other.yaml").write_text("another: 2\nanother: 3\n")
    mine.write_text("extends: dial\ntheirs: 5\nanother: 6\n")
    config = load_config(str(mine), "cyborg_small", ["theirs=7"], below)
    assert (config["theirs"], config["another"]) == (7, 6)
    with pytest.raises(UserError, match="line 2: unknown key 'theirs'"):
        load_config(str(mine), "cyborg_small", [])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("t_max=100000000000000000000", "(legal: from 1 to 1,000,000,000,000,000)"),
        ("t_max=1e300", "input should be less than or equal to"),
        ("t_max=.inf", "'t_max' is inf: input should be a valid integer"),
        ("test_nepisode=1e9", "'test_nepisode' is 1000000000.0: input should be less than"),
        (
            "seed=4294967296",
            "input should be less than 4294967296 (legal: from 0 to below 4,294,967,296)",
        ),
        ("seed=True", "'seed' is True: input should be a valid integer"),
        ("seed=", "'seed' is None"),
        ("rnn_layers=1e9", "(legal: from 1 to 64)"),
        ("hidden_dim=1e9", "(legal: from 1 to 16,384)"),
        ("n_bits=1e9", "(legal: from 0 to 1,024)"),
        ("batch_size=1e30", "(legal: from 1 to 1,000,000,000)"),
        ("torch_threads=1e9", "(legal: from 1 to 1,024)"),
        ("epsilon_start=5", "(legal: from 0 to 1)"),
        ("epsilon_finish=-0.1", "(legal: from 0 to 1)"),
        ("evaluation_epsilon=.nan", "input should be a finite number"),
        ("epsilon_anneal_time=0.5", "input should be a valid integer"),
        ("lr=.inf", "'lr' is inf: input should be a finite number (legal: above 0 to 100)"),
        ("lr=0", "input should be greater than 0"),
        ("grad_norm_clip=-1", "input should be greater than 0"),
        ("gamma=1.5", "(legal: from 0 to 1)"),
        ("use_cuda=yes", "(legal: True, False)"),
        ("env_args=5", "'env_args' is 5: input should be a valid dictionary"),
        ("name=7", "'name' is 7: input should be a valid string"),
    ],
)
def test_ranges(text: str, message: str) -> None:
    with pytest.raises(UserError) as error:
        load_config("dial", "cyborg_small", [text])
    assert message in str(error.value)
    assert text.partition("=")[0] in str(error.value)
    assert len(str(error.value)) < 300


def test_whole_numbers_may_be_written_as_any_number(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("extends: dial\nt_max: 2e6\nepsilon_anneal_time: 1e6\ngamma: 1\nlr: 5e-2\n")
    config = load_config(str(mine), "cyborg_small", [])
    for key, value in {"t_max": 2_000_000, "epsilon_anneal_time": 1_000_000, "gamma": 1.0}.items():
        assert config[key] == value
        assert type(config[key]) is type(value)
    assert config["lr"] == 0.05


def test_the_document_lists_every_key_with_its_range() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]*) \|", page, re.MULTILINE))
    keys = {name: model.model_fields[name] for name, model in SHIPPED.items()}
    assert rows.keys() == keys.keys()
    ranges = {name: legal_values(field) for name, field in keys.items()}
    assert {name: rows[name] for name, told in ranges.items() if told and rows[name] != told} == {}
