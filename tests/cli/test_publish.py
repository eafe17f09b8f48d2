"""Published copies are read like the runs themselves, and tell nothing about the machine."""

from __future__ import annotations

import json
import shutil
import socket
from pathlib import Path

import pytest

from tests.cli.conftest import EPOCH, TINY_RUN, Call, do_in, numbers, run_json


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("publish")
    words = ["--config=dial", "--env-config=cyborg_small", "with", *TINY_RUN]
    return do_in(
        folder,
        [*words, f"local_results_path={folder / 'results'}", f"t_max={4 * EPOCH}"],
        ["evaluate", "1", "--episodes=16"],
        ["communication", "1", "--episodes=8"],
    )


@pytest.fixture
def finished(original: Path, results: Path) -> Path:
    """A finished run of DIAL that was evaluated and whose messages were examined."""
    return Path(shutil.copytree(original, results))


def test_a_copy_is_read_like_the_run(call: Call, finished: Path) -> None:
    assert "1 of 1 runs copied to kept" in call("publish", "results", "kept").out
    assert "Commands that made the runs" in (_report(call, "results", "whole"))
    assert _report(call, "kept", "copy") == _report(call, "results", "whole")
    assert "after 960 steps, 16 games" in call("show", "1", "--results=kept").out
    names = ("episode", "test_return_mean")
    kept = [point for point in numbers(finished / "1") if point[0] in names]
    assert numbers(Path("kept/1")) == kept
    assert call("evaluate", "kept/1").err.startswith("error: kept/1: has no checkpoint")


def _report(call: Call, results: str, out: str) -> str:
    assert call("report", results, f"--out={out}", "--title=A test").code == 0
    return Path(out, "report.md").read_text()


def test_an_archive_is_read_like_a_folder(call: Call, finished: Path) -> None:
    del finished
    assert "1 of 1 runs copied to kept.tar.xz" in call("publish", "results", "kept.tar.xz").out
    assert _report(call, "kept.tar.xz", "copy") == _report(call, "results", "whole")
    assert "folder       kept.tar.xz/1" in call("show", "1", "--results=kept.tar.xz").out
    assert "1 of 1 runs in kept.tar.xz" in call("runs", "--results=kept.tar.xz").out
    assert call("compare", "--results=kept.tar.xz", "--out=a.png").code == 0
    assert call("evaluate", "kept.tar.xz/1").err.startswith("error: kept.tar.xz/1: has no checkp")
    before = Path("kept.tar.xz").read_bytes()
    call("publish", "results", "kept.tar.xz")
    assert Path("kept.tar.xz").read_bytes() == before
    assert "1 of 1 runs copied" in call("publish", "kept.tar.xz", "again.tar.xz").out
    assert Path("again.tar.xz").read_bytes() == before
    Path("kept.tar.xz").rename("results/kept.tar.xz")
    assert [line.split()[0] for line in call("runs").out.splitlines()[1:3]] == [
        *("1", "kept.tar.xz/1")
    ]


def test_an_archive_among_the_runs_is_not_packed_again(call: Call, finished: Path) -> None:
    assert "1 of 1 runs copied" in call("publish", "results", "results/kept.tar.xz").out
    first = Path("results/kept.tar.xz").read_bytes()
    shutil.copy("results/kept.tar.xz", "results/a_copy.tar.xz")
    assert "1 of 1 runs copied" in call("publish", "results", "results/kept.tar.xz").out
    assert Path("results/kept.tar.xz").read_bytes() == first
    words = ("--metric=test_return_mean", "--metric=loss")
    assert call("publish", "results", "results/kept.tar.xz", *words).err == ""
    assert len(Path("results/kept.tar.xz").read_bytes()) > len(first)
    (finished / "1" / "run.json").write_text("{")  # the copies are all that can be read
    outcome = call("publish", "results", "whole")
    assert outcome.out == "1 of 1 runs copied to whole\n"
    damaged = "warning: left out: results/1/run.json: cannot be read (JSONDecodeError): restore it"
    assert outcome.err.startswith(damaged)
    assert call("report", "results", "--out=new").err.startswith(damaged)
    assert {name for name, _, _ in numbers(Path("whole/1"))} == {"episode", "test_return_mean"}


@pytest.mark.parametrize("place", ["results/1", "results/1/new", "results/logs", "results/plans/x"])
def test_nothing_is_written_among_the_files_of_runs(call: Call, finished: Path, place: str) -> None:
    Path("results/logs").mkdir()
    before = sorted(Path().rglob("*"))
    for words in (
        ("report", "results", f"--out={place}"),
        ("compare", f"--out={place}/a.html"),
        ("publish", "results", place),
    ):
        outcome = call(*words)
        assert outcome.code == 2
        assert "another" in outcome.err
        assert " is in the folder " in outcome.err
    assert sorted(Path().rglob("*")) == before
    assert finished.is_dir()


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("results/1", "'results/1' is in the folder of run 1: give another target"),
        ("results/1/kept.tar.xz", "'results/1/kept.tar.xz' is in the folder of run 1"),
        ("kept.tar.gz", "'kept.tar.gz': an archive's name ends in .tar.xz"),
        ("kept.zip", "'kept.zip': an archive's name ends in .tar.xz"),
        ("mine", "'mine' is a file: give a folder for the copies, or an archive's name"),
    ],
)
def test_what_is_no_place_for_copies(call: Call, finished: Path, target: str, message: str) -> None:
    Path("mine").write_text("precious")
    before = sorted(Path().rglob("*"))
    outcome = call("publish", "results", target)
    assert outcome.code == 2
    assert message in outcome.err
    assert sorted(Path().rglob("*")) == before
    assert (finished / "1").is_dir()


def test_nothing_is_written_when_nothing_can_be_copied(call: Call, finished: Path) -> None:
    path = finished / "1" / "run.json"
    path.write_text(json.dumps({**run_json(finished / "1"), "status": "FAILED"}))
    assert call("publish", "results", "kept.tar.xz").code == 2
    assert not Path("kept.tar.xz").exists()


@pytest.mark.usefixtures("finished")
def test_a_copy_tells_nothing_about_the_machine(call: Call, tmp_path: Path, original: Path) -> None:
    path = Path("results/1/config.json")
    config = {**json.loads(path.read_text()), "plugins": [str(tmp_path / "my_tracker.py")]}
    path.write_text(json.dumps(config))
    call("publish", "results", "kept")
    text = "".join(p.read_text() for p in Path("kept").rglob("*") if p.is_file())
    assert str(tmp_path) not in text
    assert str(original) not in text
    assert socket.gethostname() not in json.dumps(run_json(Path("kept/1")))
    assert set(run_json(Path("kept/1"))["host"]) == {"cpu", "python_version"}


def test_copies_join_those_that_are_there(call: Call, finished: Path) -> None:
    call("publish", "results", "kept")
    words = ["--config=qmix", "--env-config=cyborg_small", "with", *TINY_RUN]
    assert call(*words, f"t_max={4 * EPOCH}", "local_results_path=others").code == 0
    assert call("publish", "others", "kept", "--metric=test_return_mean", "--metric=loss").code == 0
    assert call("publish", "results", "kept").code == 0
    algorithms = [json.loads(Path(f"kept/{run}/config.json").read_text())["name"] for run in "12"]
    assert algorithms == ["dial", "qmix"]  # both of which were run 1 where they were made
    rows = [line.split() for line in call("runs", "--results=kept").out.splitlines()[:3]]
    assert [row[-1] for row in rows] == ["run", "1", "1"]
    assert "copy of      run 1\n" in call("show", "2", "--results=kept").out
    assert {name for name, _, _ in numbers(Path("kept/2"))} == {
        *("episode", "loss", "test_return_mean")
    }
    assert call("resume", "1", "with", f"t_max={6 * EPOCH}").code == 0
    call("publish", "results", "kept")
    assert sorted(path.name for path in Path("kept").iterdir()) == ["1", "2"]
    assert max(step for _, step, _ in numbers(Path("kept/1"))) > 4 * EPOCH
    assert numbers(finished / "1") != []


def test_a_copy_keeps_the_number_of_its_run(call: Call, finished: Path) -> None:
    (finished / "1").rename(finished / "7")
    call("publish", "results", "kept")
    assert [path.name for path in Path("kept").iterdir()] == ["7"]
    assert "was run" not in call("runs", "--results=kept").out


def test_what_cannot_be_copied_is_named(call: Call, finished: Path) -> None:
    path = finished / "1" / "run.json"
    path.write_text(json.dumps({**run_json(finished / "1"), "status": "INTERRUPTED"}))
    outcome = call("publish", "results", "kept")
    assert outcome.code == 2
    assert "warning: run 1: left out, it is INTERRUPTED" in outcome.err
    assert "none of the 1 runs in 'results' could be copied" in outcome.err
    path.write_text(json.dumps({**run_json(finished / "1"), "status": "COMPLETED"}))
    misspelt = call("publish", "results", "kept", "--metric=test_retrun_mean")
    assert misspelt.code == 2
    assert "has no metric 'test_retrun_mean'; did you mean 'test_return_mean'?" in misspelt.err
    assert call("publish", "nowhere", "kept").code == 2
    assert "give another folder" in call("publish", "results", "results").err


def test_a_copy_is_no_second_run(call: Call, finished: Path) -> None:
    assert call("publish", "results", "kept.tar.xz").code == 0
    Path("kept.tar.xz").rename(finished / "kept.tar.xz")
    compared = call("compare", "--out=a.png")
    assert "left out: run kept.tar.xz/1 is a copy of run 1\n" in compared.err
    assert " 1 " in compared.out.splitlines()[1]
