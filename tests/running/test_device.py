"""The device of a run: how it is named, chosen and missed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from acd_plugin.analysis.runs.groups import learned_with
from acd_plugin.configuration.layers import load_config
from acd_plugin.configuration.migration import migrate
from acd_plugin.errors import UserError
from acd_plugin.hosts.builtin import BUILTIN
from acd_plugin.hosts.builtin.training import Training
from acd_plugin.running.assembly import make_policy, make_training
from acd_plugin.running.device import DeviceFailedError, check_device, told_plainly
from acd_plugin.running.memory import Memory
from acd_plugin.running.recorded_run import Records
from acd_plugin.running.recorder import NullRecorder
from acd_plugin.running.run_spec import RunSpec, resolve
from acd_plugin.running.train import train as train_here
from tests.cli.conftest import Call, call, results, run_json, train
from tests.conftest import TINY

__all__ = ["call", "results", "train"]  # fixtures


def spec_with(*overrides: str, algorithm: str = "dial") -> RunSpec:
    return resolve(load_config(algorithm, "cyborg_small", [*TINY, *overrides]))


@pytest.fixture
def no_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


@pytest.mark.parametrize(
    ("overrides", "device"),
    [
        ([], "cpu"),
        (["device=cuda"], "cuda"),
        (["use_cuda=True"], "cuda"),
        (["use_cuda=False"], "cpu"),
        (["use_cuda=True", "device=cuda"], "cuda"),
        (["device=auto"], "cpu"),
    ],
)
@pytest.mark.usefixtures("no_cuda")
def test_both_names_say_the_same(overrides: list[str], device: str) -> None:
    spec = spec_with(*overrides)
    assert (spec.settings.device, spec.settings.use_cuda) == (device, device == "cuda")
    assert (spec.config["device"], spec.config["use_cuda"]) == (device, device == "cuda")


def test_auto_is_what_the_machine_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert spec_with("device=auto").settings.device == "cuda"


@pytest.mark.parametrize(
    "overrides",
    [
        ["use_cuda=True", "device=cpu"],
        ["use_cuda=False", "device=cuda"],
        ["use_cuda=True", "device=auto"],
    ],
)
def test_contradictions_are_refused(overrides: list[str]) -> None:
    with pytest.raises(UserError, match="contradict each other"):
        spec_with(*overrides)


def test_what_is_said_last_counts(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("extends: dial\nname: mine\nuse_cuda: True\n")
    mine = str(tmp_path / "mine.yaml")
    assert spec_with(algorithm=mine).settings.device == "cuda"
    assert spec_with("device=cpu", algorithm=mine).settings.use_cuda is False
    assert spec_with(algorithm=mine).changed(device="cpu").config["use_cuda"] is False


@pytest.mark.parametrize(("use_cuda", "device"), [(True, "cuda"), (False, "cpu")])
def test_runs_that_recorded_no_device_had_one(use_cuda: bool, device: str) -> None:
    config: dict[str, Any] = dict(spec_with().config)
    for key in ("device", "seeds_at_once"):
        del config[key]
    migrated = migrate({**config, "use_cuda": use_cuda})
    assert (migrated["device"], migrated["seeds_at_once"]) == (device, "auto")
    assert migrate(migrated) == migrated
    assert resolve(migrated).settings.device == device


def test_runs_on_any_device_are_repeats() -> None:
    configs = [
        spec_with(f"device={device}", "seeds_at_once=3").config for device in ("cpu", "cuda")
    ]
    assert learned_with(configs[0]) == learned_with(configs[1]) == learned_with(spec_with().config)


@pytest.mark.usefixtures("no_cuda")
def test_a_missing_device_is_told_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = spec_with("device=cuda")
    told = r"device=cuda: torch .* finds no CUDA device"
    with pytest.raises(UserError, match=told):
        make_policy(spec, 2, 0)
    with pytest.raises(UserError, match=told):
        make_training(spec, NullRecorder())
    check_device("cpu")
    monkeypatch.setattr(torch.version, "cuda", None)
    with pytest.raises(UserError, match=r"\(it was built without CUDA\): set device=cpu"):
        check_device("cuda")

    def too_old() -> None:
        raise RuntimeError("The NVIDIA driver on your system is too old (found version 1).\nMore")

    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr(torch.cuda, "init", too_old)
    with pytest.raises(UserError, match=r"\(The NVIDIA driver .* \(found version 1\)\): set"):
        check_device("cuda")


@pytest.mark.usefixtures("no_cuda")
def test_every_command_takes_a_device(train: Call, call: Call) -> None:
    assert train(1, "device=auto").code == 0
    for words in (["resume", "1", "with", "t_max=9999"], ["evaluate", "1", "with"]):
        missing = call(*words, "use_cuda=True")
        assert missing.code == 2
        assert "finds no CUDA device" in missing.err
        assert missing.err.count("\n") == 1
    assert "finds no CUDA device" in call("communication", "1", "with", "device=cuda").err
    assert call("evaluate", "1", "--episodes=8", "with", "device=cpu").code == 0
    assert call("resume", "1", "with", "t_max=480", "device=cpu").code == 0


def test_another_hosts_loop_gets_it_by_its_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    handed: dict[str, Any] = {}

    def loop(run: object, config: dict[str, Any], folder: str) -> None:
        del run, folder
        handed.update(config)

    monkeypatch.setattr("acd_plugin.running.train.free_memory", lambda _: Memory(2**40, 2**40))
    monkeypatch.setattr("acd_plugin.running.assembly.check_device", str)
    for place in ("train", "sacred_run"):  # there may be no such device here
        monkeypatch.setattr(f"acd_plugin.running.{place}.describe_device", str)
    host = replace(BUILTIN, name="other", loop=loop)
    for device in ("cuda", "cpu"):
        spec = spec_with(f"device={device}", f"local_results_path={tmp_path}")
        train_here(spec, Records(), host)
        assert handed["use_cuda"] is (device == "cuda")


def test_what_a_device_does_in_the_middle_is_told_in_a_line() -> None:
    lost = RuntimeError("CUDA error: an illegal memory access\nCUDA kernel errors might ...")
    told = told_plainly(lost, "resume 3")
    assert isinstance(told, DeviceFailedError)
    assert str(told) == (
        "the CUDA device failed (CUDA error: an illegal memory access); go on from the last "
        "checkpoint with: resume 3"
    )
    full = told_plainly(torch.OutOfMemoryError("CUDA out of memory. Tried to ..."), "resume 3")
    assert str(full).startswith("GPU memory ran out: set a smaller seeds_at_once or batch_size")
    other = ValueError("CUDA is not to blame")
    assert told_plainly(other, "resume 3") is other


def test_a_device_that_disappears_leaves_a_run_that_can_go_on(
    train: Call, call: Call, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train_once = Training.train_once

    def lose(self: Training) -> None:
        if self.episode == 16:
            raise RuntimeError("CUDA error: unspecified launch failure\nMore")
        train_once(self)

    with monkeypatch.context() as patch:
        patch.setattr(Training, "train_once", lose)
        outcome = train(3)
    assert outcome.code == 1
    told = [line for line in outcome.err.splitlines() if line.startswith("error: ")]
    assert told == [
        "error: the CUDA device failed (CUDA error: unspecified launch failure); go on from the "
        "last checkpoint with: python main.py resume results/1"
    ]
    assert run_json(results / "1")["status"] == "FAILED"
    assert call("resume", "1").code == 0
