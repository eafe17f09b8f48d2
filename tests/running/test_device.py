"""The device of a run: how it is named, chosen and missed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from acd_plugin.analysis.runs.groups import learned_with
from acd_plugin.configuration.layers import load_config
from acd_plugin.configuration.migration import migrate
from acd_plugin.errors import UserError
from acd_plugin.running.assembly import make_policy, make_training
from acd_plugin.running.device import check_device
from acd_plugin.running.recorder import NullRecorder
from acd_plugin.running.run_spec import RunSpec, resolve
from tests.cli.conftest import Call, call, results, train
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
