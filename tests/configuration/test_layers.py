"""Layered configuration: what wins, what is kept, what is refused."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from acd_plugin.configuration.layers import load_config, parse_value
from acd_plugin.configuration.paths import names_in
from acd_plugin.envs.cyborg.scenario_file import load_scenario
from acd_plugin.errors import UserError, program


@pytest.mark.parametrize("algorithm", names_in("algs"))
@pytest.mark.parametrize("env", names_in("envs"))
def test_every_pair_of_files_is_a_legal_configuration(algorithm: str, env: str) -> None:
    config = load_config(algorithm, env, [])
    assert config["name"] == algorithm
    assert "extends" not in config


def test_later_layers_win() -> None:
    config = load_config("dial", "cyborg_large", ["lr=0.1"])
    assert config["t_max"] == 38_400_000  # the environment's over the default
    assert config["batch_size"] == 128  # the algorithm's
    assert config["lr"] == 0.1  # the command line's
    assert config["env_args"]["time_limit"] == 60  # over the file it extends ...
    assert config["env_args"]["detection_rate"] == 0.5  # ... and what it leaves alone


def test_dial_has_the_papers_settings() -> None:
    config = load_config("dial", "cyborg_small", [])
    expected = {
        "batch_size": 128,
        "gamma": 0.9,
        "lr": 0.0005,
        "epsilon_start": 1.0,
        "epsilon_finish": 0.05,
        "epsilon_anneal_time": 1_000_000,
        "hidden_dim": 128,
        "rnn_layers": 2,
        "n_bits": 1,
        "dru_sigma": 2.0,
        "target_update_interval_or_tau": 100.0,
        "grad_norm_clip": 10.0,
        "t_max": 5000 * 128 * 30,
        "test_nepisode": 128,
    }
    assert {key: config[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("t_max=1e6", "t_max", 1_000_000),
        ("gamma=1", "gamma", 1.0),
        ("use_tensorboard=true", "use_tensorboard", True),
        ("seed=010", "seed", 10),
        ("epsilon_finish=5e-2", "epsilon_finish", 0.05),
        ("episodes_max=None", "episodes_max", None),
        ("local_results_path=a b/c", "local_results_path", "a b/c"),
    ],
)
def test_values_take_the_type_of_what_they_replace(text: str, key: str, value: object) -> None:
    config = load_config("dial", "cyborg_small", [text])
    assert config[key] == value
    assert type(config[key]) is type(value)


def test_nothing_may_take_the_place_of_something_where_it_may_stand() -> None:
    config = load_config("dial", "cyborg_small", ["channel.liar=0", "channel.liar=null"])
    assert config["channel"]["liar"] is None


def test_nested_keys_are_reached_with_dots() -> None:
    config = load_config("dial", "cyborg_small", ["env_args.costs.restore.low=1"])
    assert config["env_args"]["costs"]["restore"] == {
        "none": 0.0,
        "low": 1.0,
        "medium": 1.0,
        "high": 10.0,
    }
    untouched = load_config("dial", "cyborg_small", [])
    assert untouched["env_args"]["costs"]["restore"]["low"] == 0.1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.5", 0.5),
        ("[1, 2]", [1, 2]),
        ("off", "off"),
        ("a: b", {"a": "b"}),
        ("True", True),
        ("{'a': None}", {"a": None}),  # as Python prints it
        ("'None'", "None"),
    ],
)
def test_values_are_read_as_yaml(text: str, value: object) -> None:
    assert parse_value(text) == value


def test_files_of_ones_own(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("extends: dial\nname: mine\nn_bits: 3\n")
    config = load_config(str(mine), "cyborg_small", [])
    assert (config["name"], config["n_bits"], config["gamma"]) == ("mine", 3, 0.9)


def test_a_hosts_files_lie_under_ours(tmp_path: Path) -> None:
    (tmp_path / "algs").mkdir()
    (tmp_path / "default.yaml").write_text("gamma: 0.5\nt_max: 1\ntheirs: 1\n")
    (tmp_path / "algs/qmix.yaml").write_text("lr: 0.7\nhidden_dim: 7\nanother: 2\n")
    (tmp_path / "algs/coma.yaml").write_text("extends: qmix\nname: coma\nlr: 0.3\n")
    qmix = load_config("qmix", "cyborg_small", [], below=tmp_path)
    assert (qmix["gamma"], qmix["lr"], qmix["hidden_dim"]) == (0.9, 0.001, 64)  # ours
    assert (qmix["theirs"], qmix["another"]) == (1, 2)  # keys that only they have are legal
    coma = load_config("coma", "cyborg_small", [], below=tmp_path)
    assert (coma["name"], coma["lr"], coma["mixer"], coma["another"]) == ("coma", 0.3, "qmix", 2)


@pytest.mark.parametrize(
    ("algorithm", "env", "overrides", "message"),
    [
        ("dail", "cyborg_small", [], "unknown algorithm 'dail'; did you mean 'dial'? (legal: dial"),
        ("dial", "cyborg_smal", [], "unknown environment configuration 'cyborg_smal'; did you me"),
        ("dial", "cyborg_small", ["learning_rate=1"], "unknown key 'learning_rate'"),
        ("dial", "cyborg_small", ["gama=1"], "unknown key 'gama'; did you mean 'gamma'?"),
        ("dial", "cyborg_small", ["env_args.detection=1"], "did you mean 'detection_rate'? (legal"),
        (
            "dial",
            "cyborg_small",
            ["env_arg.x=1"],
            "unknown key 'env_arg'; did you mean 'env_args'?",
        ),
        ("dial", "cyborg_small", ["gamma.x=1"], "unknown key 'gamma'"),
        ("qmix", "cyborg_small", ["n_bits=2"], "'n_bits' is a setting of other algorithms"),
        ("dial", "cyborg_small", ["gamma=high"], "'gamma' is 'high': input should be a valid num"),
        ("dial", "cyborg_small", ["t_max=1.5"], "'t_max' is 1.5: input should be a valid integer"),
        (
            "dial",
            "cyborg_small",
            ["t_max=0"],
            "'t_max' is 0: input should be greater than or equal",
        ),
        ("dial", "cyborg_small", ["seed=-1"], "'seed' is -1"),
        ("dial", "cyborg_small", ["save_model=1"], "'save_model' is 1: input should be a valid bo"),
        ("dial", "cyborg_small", ["save_model=on"], "'save_model' is 'on': input should be a val"),
        ("dial", "cyborg_small", ["lr=[1"], "cannot read override 'lr=[1': not valid YAML (line 1"),
        ("dial", "cyborg_small", ["name=&a [*a]"], "the alias *a: write out what it stands for"),
        ("dial", "cyborg_small", ["gamma"], "cannot read override 'gamma': write it as key=value"),
        ("dial", "cyborg_small", ["=3"], "cannot read override '=3'"),
        ("nowhere.yaml", "cyborg_small", [], "nowhere.yaml: no such file"),
    ],
)
def test_mistakes_are_named(algorithm: str, env: str, overrides: list[str], message: str) -> None:
    with pytest.raises(UserError) as error:
        load_config(algorithm, env, overrides)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_nested_settings_may_be_given_as_one_mapping() -> None:
    config = load_config("dial", "cyborg_small", ["env_args={detection_rate: 1, time_limit: 20}"])
    one_by_one = ["env_args.detection_rate=1", "env_args.time_limit=20"]
    assert config == load_config("dial", "cyborg_small", one_by_one)


def test_a_setting_that_is_itself_a_mapping_is_replaced() -> None:
    config = load_config("dial", "cyborg_small", ["env_args={reward_terms: {blocks: -0.25}}"])
    assert config["env_args"]["reward_terms"] == {"blocks": -0.25}


@pytest.mark.parametrize(
    ("called", "told"),
    [
        ("main.py", "python main.py"),
        ("../my clone/main.py", "python '../my clone/main.py'"),
        ("/somewhere/bin/acd-plugin", "acd-plugin"),
        ("/somewhere/ipykernel_launcher.py", "acd-plugin"),
    ],
)
def test_hints_name_the_program_as_it_can_be_called(
    called: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [called])
    assert program() == told


def test_a_scenario_is_found_beside_the_file_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").mkdir()
    env, scenario = tmp_path / "mine/env.yaml", tmp_path / "mine/network.yaml"
    env.write_text("extends: cyborg_small\r\nenv_args:\r\n  scenario: network.yaml\r\n")
    elsewhere = load_config("dial", str(env), [])["env_args"]["scenario"]
    assert elsewhere == "network.yaml"  # from where one stands, as on the command line
    scenario.write_text("extends: dial_2_subnets\r\nblock: false\r\n")
    monkeypatch.chdir(tmp_path)
    beside = load_config("dial", "mine/env.yaml", [])["env_args"]["scenario"]
    assert beside == "mine/network.yaml"
    assert not load_scenario(beside).block


def test_a_file_may_not_extend_itself(tmp_path: Path) -> None:
    mine, other = tmp_path / "mine.yaml", tmp_path / "other.yaml"
    mine.write_text(f"extends: {other}\n")
    other.write_text(f"extends: {mine}\n")
    with pytest.raises(UserError, match=r"mine\.yaml: extends itself"):
        load_config(str(mine), "cyborg_small", [])


def test_a_file_may_have_the_name_of_the_one_it_extends(tmp_path: Path) -> None:
    (tmp_path / "dial.yaml").write_text("extends: dial\nn_bits: 2\n")
    assert load_config(str(tmp_path / "dial.yaml"), "cyborg_small", [])["n_bits"] == 2


def test_an_algorithm_does_not_choose_the_environment(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("extends: dial\n\nenv_args: {time_limit: 5}\n")
    with pytest.raises(UserError, match="line 3: 'env_args' belongs into a file for --env-config"):
        load_config(str(tmp_path / "mine.yaml"), "cyborg_small", [])
