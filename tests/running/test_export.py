"""A policy in a file of its own: the same policy, nothing else, and only as it was written."""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from safetensors.torch import save_file

import acd_plugin
from acd_plugin.cli.main import main
from acd_plugin.configuration.layers import load_config
from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.blueprint import Interface
from acd_plugin.errors import UserError
from acd_plugin.running.assembly import make_acting
from acd_plugin.running.network_step import write_onnx
from acd_plugin.running.run_spec import RunSpec, resolve
from acd_plugin.running.trained_policy import TrainedPolicy
from acd_plugin.tracking.policy_file import PolicyContent, read_policy, write_policy
from tests.api.test_runs import TINY as SETTINGS
from tests.conftest import TINY
from tests.slow import slow

GAMES = 128


def shaken(algorithm: str, *overrides: str) -> tuple[RunSpec, TrainedPolicy]:
    """A policy whose networks differ enough from new ones to do everything, and talk."""
    spec = resolve(load_config(algorithm, "cyborg_small", [*TINY, *overrides]))
    interface = Interface(spec.sizes, spec.blueprint.comm_layout)
    acting = make_acting(spec.config, interface, seed=0)
    talks = bool(spec.config.get("n_bits"))  # what does most differs, too
    strength, number = (0.7, 7) if talks else (0.4, 2)
    generator = torch.Generator().manual_seed(number)
    with torch.no_grad():
        for weight in acting.mac.parameters():
            weight.add_(strength * torch.randn(weight.shape, generator=generator))
    return spec, TrainedPolicy(acting, interface, t_env=0)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("secret_place")
    return acd_plugin.train(**SETTINGS, results=place, tags=["mine"], progress=False)


@pytest.fixture
def exported(run: Path, tmp_path: Path) -> Path:
    return acd_plugin.export_policy(run, tmp_path / "policy.safetensors")


def test_it_plays_as_the_run_does(run: Path, exported: Path) -> None:
    assert acd_plugin.evaluate(exported, 16).returns == acd_plugin.evaluate(run, 16).returns


def test_it_has_the_policy_alone(run: Path, exported: Path) -> None:
    content = read_policy(exported)
    assert {"name", "n_bits", "env_args", "env_name", "game", "seed"} <= content.settings.keys()
    assert not {"t_max", "local_results_path", "tags", "device", "host"} & content.settings.keys()
    text = exported.read_bytes()
    for secret in ("secret_place", platform.node(), str(Path.cwd()), "mine"):
        assert secret.encode() not in text
    (checkpoint,) = (run / "checkpoints").glob("720.pt")
    assert len(text) < checkpoint.stat().st_size / 5


def test_the_same_bytes_are_written_again(run: Path, exported: Path, tmp_path: Path) -> None:
    again = acd_plugin.export_policy(run, tmp_path / "again.safetensors")
    assert again.read_bytes() == exported.read_bytes()


BROADCAST = "dial_broadcast n_bits=2 env_args.scenario=hidden_target"


@pytest.mark.parametrize(
    "algorithm", ["dial", BROADCAST, *slow(["rial", "qmix", "ippo", "dial_nocomm"])]
)
def test_it_acts_as_what_was_written(algorithm: str, tmp_path: Path) -> None:
    spec, policy = shaken(*algorithm.split())
    path = tmp_path / "policy.safetensors"
    interface = Interface(spec.sizes, spec.blueprint.comm_layout)
    write_policy(
        path, PolicyContent(spec.config, 0, interface, dict(policy.mac.agent.state_dict()))
    )
    loaded = acd_plugin.load_policy(path)
    env = spec.blueprint.make_batch(GAMES, seed=0)
    env.reset(0, Purpose.EVALUATE)
    policy.reset(GAMES)
    loaded.reset(GAMES)
    for _ in range(env.episode_limit):
        wanted = policy.act(env.observations, env.available_actions)
        acted = loaded.act(env.observations, env.available_actions)
        assert np.array_equal(acted.actions, wanted.actions)
        assert np.array_equal(acted.messages, wanted.messages)
        env.step(acted.actions)


@pytest.mark.parametrize(
    "algorithm",
    [
        "dial",
        *slow(["rial", "qmix", "ippo", "dial_alarm", "dial_nocomm", "dial share_parameters=False"]),
        *slow([BROADCAST]),
    ],
)
def test_one_step_of_tensors_plays_whole_games_alike(algorithm: str, tmp_path: Path) -> None:
    spec, policy = shaken(*algorithm.split())
    write_onnx(policy, tmp_path / "step.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "step.onnx")
    sizes = {given.name: given.shape[1:] for given in session.get_inputs()}
    env = spec.blueprint.make_batch(GAMES, seed=0)
    env.reset(0, Purpose.EVALUATE)
    policy.reset(GAMES)
    actions = np.full((GAMES, env.n_agents), env.n_actions)
    messages = np.zeros((GAMES, env.n_agents, policy.message_size), np.float32)
    hidden = np.zeros((GAMES, *sizes.get("hidden", [1, 1])), np.float32)
    done, said = [], []
    for _ in range(env.episode_limit):
        given: dict[str, Any] = {
            "observations": env.observations,
            "masks": env.available_actions,
            "previous_actions": actions,
            "previous_messages": messages,
            "hidden": hidden,
        }
        used = {name: value for name, value in given.items() if name in sizes}
        actions, messages, hidden = session.run(None, used)
        wanted = policy.act(env.observations, env.available_actions)
        assert np.array_equal(actions, wanted.actions)
        assert np.array_equal(messages, wanted.messages)
        done.append(actions)
        said.append(messages)
        env.step(actions)
    assert len(np.unique(done)) > 1
    if algorithm in ("dial", "rial"):
        assert 0 < np.mean(said) < 1


def test_what_is_told_truths_is_no_step_of_tensors(tmp_path: Path) -> None:
    _, policy = shaken("dial_oracle")
    with pytest.raises(UserError, match="cannot be exported as one step"):
        write_onnx(policy, tmp_path / "step.onnx")


def refusal(path: Path) -> str:
    with pytest.raises(UserError) as refused:
        acd_plugin.load_policy(path)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_every_altered_byte_is_found(exported: Path) -> None:
    whole = exported.read_bytes()
    for place in range(0, len(whole), len(whole) // 60):
        exported.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        refusal(exported)
    exported.write_bytes(whole)
    acd_plugin.load_policy(exported)


def test_altered_settings_and_weights_are_told(exported: Path) -> None:
    whole = exported.read_bytes()
    exported.write_bytes(whole.replace(b'\\"hidden_dim\\":16', b'\\"hidden_dim\\":17'))
    assert "its checksum is another: it was damaged or altered" in refusal(exported)
    exported.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert "its checksum is another: it was damaged or altered" in refusal(exported)
    exported.write_bytes(whole[:-100])
    assert "not a readable policy" in refusal(exported)


def test_other_files_are_told_apart(run: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.safetensors"
    save_file({"weight": torch.zeros(2)}, other)
    assert "holds weights, but is no policy of this program" in refusal(other)
    other.write_bytes((run / "checkpoints" / "720.pt").read_bytes())
    assert "not a readable policy" in refusal(other)
    assert "no such file" in refusal(tmp_path / "none.safetensors")
    (tmp_path / "folder.safetensors").mkdir()
    assert "not a readable policy" in refusal(tmp_path / "folder.safetensors")


def test_a_policy_for_other_sizes_is_told(exported: Path, capsys: Any) -> None:
    assert main(["evaluate", str(exported), "with", "env_args.scenario=dial_3_subnets"]) == 2
    told = capsys.readouterr().err
    assert "was trained on 'dial_2_subnets' and does not fit 'dial_3_subnets'" in told
    assert len(told.splitlines()) == 1


def test_nothing_is_overwritten_and_endings_are_known(run: Path, exported: Path) -> None:
    before = exported.read_bytes()
    for out, problem in ((exported, "exists already"), (Path("policy.pt"), "must end in")):
        with pytest.raises(UserError, match=problem):
            acd_plugin.export_policy(run, out)
    assert exported.read_bytes() == before


def test_the_command_writes_and_evaluates(run: Path, tmp_path: Path, capsys: Any) -> None:
    path = str(tmp_path / "policies" / "small.safetensors")
    assert main(["export", str(run), f"--out={path}"]) == 0
    assert f"written: {path}" in capsys.readouterr().out
    assert main(["evaluate", path, "--episodes=4"]) == 0
    assert "trained for 720 steps" in capsys.readouterr().out


def test_published_runs_can_take_their_policies_along(run: Path, tmp_path: Path) -> None:
    archive = tmp_path / "published.tar.xz"
    for _ in range(2):  # the second time the copies are renewed
        assert main(["publish", str(run.parent), str(archive), "--policies"]) == 0
    evaluated = acd_plugin.evaluate(archive / "1", 8)
    assert evaluated.returns == acd_plugin.evaluate(run, 8).returns


def test_plugins_are_imported_only_when_they_are_named(tmp_path: Path) -> None:
    spec, policy = shaken("dial")
    path = tmp_path / "policy.safetensors"
    interface = Interface(spec.sizes, spec.blueprint.comm_layout)
    settings = json.loads(json.dumps({**spec.config, "plugins": ["mine.py"]}))
    write_policy(path, PolicyContent(settings, 0, interface, dict(policy.mac.agent.state_dict())))
    assert "if you trust them, add --plugin=mine.py" in refusal(path)
    (tmp_path / "mine.py").write_text("")
    acd_plugin.load_policy(path, plugins=[str(tmp_path / "mine.py")])
