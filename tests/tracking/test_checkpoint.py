"""Checkpoints: atomic, versioned, complete, and harmless whatever is in the file."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch

from acd_plugin.errors import UserError
from acd_plugin.tracking.checkpoint import FORMAT, Checkpoint, load_checkpoint, save_checkpoint
from acd_plugin.tracking.checkpoint_index import read_index
from acd_plugin.tracking.run_folder import RunFolder
from tests.conftest import MakeTraining

WHOLE = {"format": FORMAT, "config": "{}", "scenario": "", "t_env": 1, "state": {}}


def same(one: Any, two: Any) -> bool:
    """Whether two nested states are equal bit for bit."""
    if isinstance(one, torch.Tensor):
        return isinstance(two, torch.Tensor) and torch.equal(one, two)
    if isinstance(one, dict):
        return one.keys() == two.keys() and all(same(one[key], two[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(two) and all(same(a, b) for a, b in zip(one, two, strict=True))
    return bool(one == two)


def checkpoint(t_env: int = 7) -> Checkpoint:
    return Checkpoint({"name": "x"}, "abc", t_env, {"weights": torch.arange(3.0), "episode": 4})


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    path = save_checkpoint(RunFolder(tmp_path), checkpoint(), keep=0)
    loaded = load_checkpoint(path)
    assert (loaded.config, loaded.scenario, loaded.t_env) == ({"name": "x"}, "abc", 7)
    assert same(loaded.state, checkpoint().state)
    assert [file.name for file in path.parent.iterdir()] == ["7.pt"]


def test_a_damaged_checkpoint_names_the_newest_that_is_whole(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    first, second, third, last = (
        save_checkpoint(folder, checkpoint()._replace(t_env=steps), keep=0)
        for steps in (7, 20, 100, 1000)
    )
    for damaged in (third, last):
        damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")
    with pytest.raises(UserError) as error:
        load_checkpoint(last)
    told = f"use {second}, the newest that is whole, or delete the damaged one"
    assert str(error.value).endswith(told)
    for whole in (first, second):
        whole.unlink()
    elsewhere = last.rename(tmp_path / "1000.pt")
    for lost in (third, elsewhere):
        with pytest.raises(UserError, match=r"restore it, or train again$"):
            load_checkpoint(lost)


def test_pytorch_reads_the_file_too(tmp_path: Path) -> None:
    path = save_checkpoint(RunFolder(tmp_path), checkpoint(), keep=0)
    for mmap in (False, True):
        payload = torch.load(path, weights_only=True, mmap=mmap)
        assert same(payload["state"], checkpoint().state)


def test_whatever_is_altered_is_noticed(tmp_path: Path) -> None:
    path = save_checkpoint(RunFolder(tmp_path), checkpoint(), keep=0)
    content = path.read_bytes()
    for place in range(len(content)):
        altered = bytearray(content)
        altered[place] ^= 4
        path.write_bytes(altered)
        with pytest.raises(UserError, match=r"7\.pt: not a readable checkpoint"):
            load_checkpoint(path)


def test_content_that_was_written_anew_is_noticed(tmp_path: Path) -> None:
    path = save_checkpoint(RunFolder(tmp_path), checkpoint(), keep=0)
    payload = torch.load(path, weights_only=True)
    payload["state"]["weights"][1] += 1.0
    torch.save(payload, path)
    with pytest.raises(UserError, match="its checksum is missing"):
        load_checkpoint(path)


def test_a_checkpoint_from_before_there_were_checksums_is_read(tmp_path: Path) -> None:
    payload = {"format": 1, "config": "{}", "scenario": "abc", "t_env": 7, "state": {"a": [1]}}
    torch.save(payload, tmp_path / "7.pt")
    assert load_checkpoint(tmp_path / "7.pt") == ({}, "abc", 7, {"a": [1]})


def test_what_else_lies_beside_checkpoints_disturbs_nothing(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    save_checkpoint(folder, checkpoint(5), keep=1)
    others = ("notes.pt", "1e9.pt", "²³.pt", "-1.pt", "007.pt", "9.PT", "9.pt.part", f"{10**20}.pt")
    for name in others:
        (folder.checkpoints / name).write_text("precious")
    (folder.checkpoints / "70.pt").mkdir()
    (folder.checkpoints / "80.pt").symlink_to(folder.checkpoints / "5.pt")
    os.mkfifo(folder.checkpoints / "90.pt")
    save_checkpoint(folder, checkpoint(6), keep=1)
    assert [path.name for path in folder.stored_checkpoints()] == ["6.pt"]
    assert folder.latest_checkpoint().name == "6.pt"
    assert [one.t_env for one in read_index(folder)] == [6]
    assert all((folder.checkpoints / name).read_text() == "precious" for name in others)


@pytest.mark.parametrize("kind", ["pipe", "folder", "device", "sparse"])
def test_what_is_no_file_is_named_at_once(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "7.pt"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "device":
        path.symlink_to(os.devnull)
    else:
        with path.open("wb") as file:
            file.truncate(2**40)
    with pytest.raises(UserError, match=r"7\.pt: not a readable checkpoint \("):
        load_checkpoint(path)


@pytest.mark.parametrize(("keep", "left"), [(0, [5, 10, 100]), (1, [100]), (2, [10, 100])])
def test_the_newest_are_kept(tmp_path: Path, keep: int, left: list[int]) -> None:
    folder = RunFolder(tmp_path)
    for t_env in (5, 10, 100):
        save_checkpoint(folder, checkpoint(t_env), keep)
    assert sorted(int(path.stem) for path in folder.checkpoints.iterdir()) == left
    assert folder.latest_checkpoint().name == "100.pt"


def test_a_write_that_breaks_off_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = RunFolder(tmp_path)
    path = save_checkpoint(folder, checkpoint(), keep=0)
    before = path.read_bytes()

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        save_checkpoint(folder, checkpoint(), keep=0)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["7.pt"]


@pytest.mark.parametrize(
    "algorithm_overrides",
    [[], ["n_bits=2", "share_parameters=False"], ["batch_size_run=4"]],
    ids=["shared", "separate", "halves"],
)
def test_training_goes_on_from_a_file_bit_for_bit(
    make_training: MakeTraining, tmp_path: Path, algorithm_overrides: list[str]
) -> None:
    overrides = [*algorithm_overrides, "target_update_interval_or_tau=2"]
    whole, first = make_training(*overrides), make_training(*overrides)
    for training in (whole, first):
        for _ in range(3):
            training.train_once()
    path = save_checkpoint(RunFolder(tmp_path), Checkpoint({}, "", 1, first.state_dict()), 0)
    second = make_training(*overrides)
    torch.rand(17)
    second.load_state_dict(load_checkpoint(path).state)
    for training in (whole, second):
        for _ in range(4):
            training.train_once()
        training.test()
    assert same(whole.state_dict(), second.state_dict())


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_truncated_file_is_named(tmp_path: Path, share: float) -> None:
    path = save_checkpoint(RunFolder(tmp_path), checkpoint(), keep=0)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(UserError, match=r"7\.pt: not a readable checkpoint"):
        load_checkpoint(path)


class Hostile:
    """Pickles to a call."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("hacked",)


@pytest.mark.parametrize("writer", ["pickle", "torch"])
def test_a_hostile_file_is_an_error_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writer: str
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "7.pt"
    if writer == "pickle":
        path.write_bytes(pickle.dumps({"format": FORMAT, "state": Hostile()}, protocol=2))
    else:
        torch.save({"format": FORMAT, "state": Hostile()}, path)
    with pytest.raises(UserError, match="not a readable checkpoint"):
        load_checkpoint(path)
    assert not (tmp_path / "hacked").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (torch.zeros(2), "is a torch file, but not a checkpoint"),
        ({"format": FORMAT + 1}, f"has checkpoint format {FORMAT + 1}, and this version reads"),
        ({"format": FORMAT, "config": "{}"}, "is incomplete"),
        ({"format": FORMAT, "config": "{"}, "is incomplete"),
        ({"format": torch.zeros(2)}, "is incomplete"),
        ({**WHOLE, "config": "[]"}, "is incomplete"),
        ({**WHOLE, "config": '{"seed": "x"}'}, "is incomplete .*'seed'"),
        ({**WHOLE, "config": '{"lr": 1e999}'}, "is incomplete .*too large a number"),
        ({**WHOLE, "t_env": -1}, "is incomplete"),
        ({**WHOLE, "state": [1]}, "is incomplete"),
        ({**WHOLE, "state": {1: 2}}, "is incomplete"),
    ],
)
def test_other_files_are_named(tmp_path: Path, content: Any, message: str) -> None:
    torch.save(content, tmp_path / "7.pt")
    with pytest.raises(UserError, match=message):
        load_checkpoint(tmp_path / "7.pt")


def test_random_bytes_and_missing_files(tmp_path: Path) -> None:
    (tmp_path / "7.pt").write_bytes(bytes(range(256)) * 10)
    with pytest.raises(UserError, match="not a readable checkpoint"):
        load_checkpoint(tmp_path / "7.pt")
    with pytest.raises(UserError, match="no such checkpoint"):
        load_checkpoint(tmp_path / "8.pt")
    with pytest.raises(UserError, match="has no checkpoint"):
        RunFolder(tmp_path).latest_checkpoint()
