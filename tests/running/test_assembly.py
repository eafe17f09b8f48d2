"""What is built, how often, and what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from acd_plugin.configuration.layers import (
    chosen_keys,
    configure,
    load_config,
    read_overrides,
)
from acd_plugin.envs.cyborg import scenario_file
from acd_plugin.envs.cyborg.blueprint import CyborgBlueprint
from acd_plugin.errors import UserError
from acd_plugin.hosts.builtin.replay_buffer import ReplayBuffer
from acd_plugin.learners import DialLearner
from acd_plugin.running.assembly import make_policy, make_training
from acd_plugin.running.recorded_run import Records
from acd_plugin.running.recorder import NullRecorder
from acd_plugin.running.run_spec import resolve
from acd_plugin.running.train import train
from tests.conftest import TINY


class Count:
    """Counts the calls of a function that it takes the place of."""

    def __init__(self, patch: pytest.MonkeyPatch, owner: object, name: str) -> None:
        self.calls = 0
        original = getattr(owner, name)

        def counted(*args: object, **options: object) -> object:
            self.calls += 1
            return original(*args, **options)

        patch.setattr(owner, name, counted)


def test_a_run_reads_its_scenario_once_and_builds_its_games_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    read = Count(monkeypatch, scenario_file, "checked")  # whoever asks for the scenario
    built = Count(monkeypatch, CyborgBlueprint, "make_batch")
    place = f"local_results_path={tmp_path}"
    folder = train(
        resolve(load_config("dial", "cyborg_small", [*TINY, "t_max=240", place])), Records()
    )
    assert (folder.path / "checkpoints" / "240.pt").exists()
    assert (read.calls, built.calls) == (1, 1)


def test_playing_builds_no_learner_and_no_buffer(monkeypatch: pytest.MonkeyPatch) -> None:
    learners = Count(monkeypatch, DialLearner, "__init__")
    buffers = Count(monkeypatch, ReplayBuffer, "__init__")
    policy = make_policy(resolve(load_config("dial", "cyborg_small", TINY)), n_games=4, seed=0)
    assert policy.evaluate(4)["return"].shape == (4,)
    assert (learners.calls, buffers.calls) == (0, 0)


@pytest.mark.parametrize(
    ("config", "overrides", "ignored"),
    [
        ("extends: iql\nn_bits: 2\n", [], "'n_bits'"),
        ("extends: dial\ntest_greedy: false\ntd_lambda: 0.5\n", [], "'td_lambda', 'test_greedy'"),
        ("ippo", ["epsilon_start=0.5"], "'epsilon_start'"),
        ("qmix", ["mixer=null", "mixing_embed_dim=8"], "'mixing_embed_dim'"),
        ("qmix", ["mixer=null"], None),  # what was not chosen may be left over
        ("ippo", ["epsilon_start=0"], None),
        ("extends: ippo\nt_max: 1e6\nepochs: 2\n", ["env_args.time_limit=5"], None),
    ],
)
def test_a_setting_that_no_component_reads_is_refused(
    tmp_path: Path, config: str, overrides: list[str], ignored: str | None
) -> None:
    told = refusal(named(config, tmp_path), "cyborg_small", overrides)
    assert f"would ignore {ignored}: none of its components" in told if ignored else not told


@pytest.mark.parametrize(
    ("config", "overrides", "ignored"),
    [
        ("dial_nocomm", ["channel.loss=0.5"], "channel.loss"),
        ("extends: dial\nn_bits: 0\n", ["bit_price=0.1"], "bit_price"),
        ("extends: dial\nn_bits: 0\nchannel: {flip: 0.1}\n", [], "channel.flip"),
        ("dial_nocomm", ["message_content=always_1"], "message_content"),
        ("dial_nocomm", ["dru_sigma=1"], "dru_sigma"),
        ("dial_broadcast", ["n_bits=0", "channel.loss=0", "bit_price=0", "bit_limit=null"], None),
        ("extends: iql\nmask_before_softmax: False\n", [], "mask_before_softmax"),
        ("dial", ["save_model=False", "keep_checkpoints=3"], "keep_checkpoints"),
        ("extends: dial\nsave_model_interval: 60\n", ["save_model=False"], "save_model_interval"),
        ("dial_delayed", ["channel.loss=1"], None),  # what was not chosen may be left over
        ("dial", ["save_model=False"], None),
    ],
)
def test_a_setting_that_others_make_idle_is_refused(
    tmp_path: Path, config: str, overrides: list[str], ignored: str | None
) -> None:
    told = refusal(named(config, tmp_path), "cyborg_small", overrides)
    assert told.startswith(f"'{ignored}' would change nothing: ") if ignored else not told


def test_what_an_environment_s_file_sets_for_all_may_change_nothing_for_some(
    tmp_path: Path,
) -> None:
    env = str(tmp_path / "mine.yaml")
    told = "extends: cyborg_small\nsave_model_interval: 60\nenv_args: {comm_gate: False}\n"
    Path(env).write_text(told)
    assert not refusal("qmix", env, ["save_model=False"])
    gate = ["env_args.comm_gate=True"]
    assert refusal("qmix", env, gate).startswith("'env_args.comm_gate' would change nothing: ")
    assert not refusal("dial", env, gate)


def named(file: str, folder: Path) -> str:
    """Return the name of a configuration, or the path of a new file with this content."""
    if ":" not in file:
        return file
    path = folder / "mine.yaml"
    path.write_text(file)
    return str(path)


def refusal(config: str, env: str, overrides: list[str]) -> str:
    """Return why a run with these settings cannot be made, empty if it can."""
    changes = read_overrides(overrides)
    chosen = chosen_keys(config, env, changes)
    tiny = read_overrides([key for key in TINY if key.partition("=")[0] not in changes])
    try:
        spec = resolve(configure(config, env, {**tiny, **changes}), chosen=chosen)
        make_training(spec, NullRecorder())
    except UserError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("env", "overrides", "ignored"),
    [
        ("cyborg_small", ["env_args.networks=3"], "networks"),
        ("cyborg_small", ["env_args.games_per_network=4"], "games_per_network"),
        ("cyborg_small", ["env_args.generator.hosts=[2, 3]"], "generator.hosts"),
        ("extends: cyborg_small\nenv_args: {networks: 0..3}\n", [], "networks"),
        ("generated", ["env_args.networks=3", "env_args.games_per_network=4"], "games_per_network"),
        ("cyborg_small", ["env_args.networks=null", "env_args.games_per_network=16"], None),
        ("generated", ["env_args.games_per_network=4"], None),
        ("generated", ["env_args.networks=3"], None),
        ("cyborg_small_no_block", ["env_args.costs.block=2"], "costs.block"),
        ("cyborg_small_no_block", ["env_args={costs: {block: 2}}"], "costs.block"),
        ("cyborg_small", ["env_args.costs.protect=2"], "costs.protect"),
        ("hidden_hour", ["env_args.costs.restore.low=2"], "costs.restore.low"),
        ("hidden_hour", ["env_args.costs.damage.low=2"], "costs.damage.low"),
        ("hidden_hour", ["env_args.action_mask=False"], "action_mask"),
        ("extends: hidden_hour\nenv_args: {detection_rate: 0.1}\n", [], "detection_rate"),
        (
            "cyborg_small",
            ["env_args.action_mask=False", "env_args.analyse_mode=free"],
            "analyse_mode",
        ),
        (
            "extends: cyborg_large\nenv_args: {scenario: dial_2_subnets+dial_3_subnets}\n",
            ["env_args.costs.restore.none=1"],
            "costs.restore.none",
        ),
        (
            "extends: cyborg_large\nenv_args: {scenario: dial_2_subnets+dial_3_subnets}\n",
            ["env_args.costs.restore.low=1", "env_args.detection_rate=0.1"],
            None,
        ),
        ("generated", ["env_args.generator.block=False", "env_args.costs.block=2"], "costs.block"),
        ("cyborg_small", ["env_args.costs.block=2", "env_args.costs.restore.low=2"], None),
        ("hidden_hour", ["env_args.costs.protect=2"], None),
    ],
)
def test_a_setting_of_the_environment_that_changes_nothing_is_refused(
    tmp_path: Path, env: str, overrides: list[str], ignored: str | None
) -> None:
    env = named(env, tmp_path)
    changes = read_overrides(overrides)
    config, chosen = configure("dial", env, changes), chosen_keys("dial", env, changes)
    if ignored is None:
        resolve(config, chosen=chosen)
    else:
        with pytest.raises(UserError, match=f"'env_args.{ignored}' would change nothing"):
            resolve(config, chosen=chosen)
