"""Archives give back what was put into them, and nothing else gets out of one."""

from __future__ import annotations

import io
import lzma
import os
import shutil
import tarfile
from pathlib import Path

import pytest

from acd_plugin.errors import UserError
from acd_plugin.tracking import archive
from acd_plugin.tracking.archive import pack, unpack, unpacked
from acd_plugin.tracking.results import find_run, run_folders


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two runs and an empty folder."""
    for run in ("2", "10", "empty"):
        (tmp_path / "runs" / run).mkdir(parents=True)
    for run in ("2", "10"):
        (tmp_path / "runs" / run / "run.json").write_text(f'{{"run": {run}}}')
        (tmp_path / "runs" / run / "metrics.jsonl").write_bytes(os.urandom(1000))
    return tmp_path / "runs"


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_what_is_packed_is_unpacked(folder: Path, tmp_path: Path) -> None:
    pack(folder, tmp_path / "a.tar.xz")
    assert contents(unpacked(tmp_path / "a.tar.xz")) == contents(folder)
    assert unpacked(tmp_path / "a.tar.xz") == unpacked(tmp_path / "a.tar.xz")


def test_equal_files_give_equal_bytes(folder: Path, tmp_path: Path) -> None:
    pack(folder, tmp_path / "a.tar.xz")
    for path in folder.rglob("*"):
        path.chmod(0o700)
        os.utime(path, (1, 1))
    pack(folder, tmp_path / "b.tar.xz")
    assert (tmp_path / "a.tar.xz").read_bytes() == (tmp_path / "b.tar.xz").read_bytes()


def test_a_changed_archive_is_read_anew(folder: Path, tmp_path: Path) -> None:
    pack(folder, tmp_path / "a.tar.xz")
    unpacked(tmp_path / "a.tar.xz")
    (folder / "2" / "run.json").write_text("{}")
    pack(folder, tmp_path / "a.tar.xz")
    assert contents(unpacked(tmp_path / "a.tar.xz")) == contents(folder)


def test_runs_of_an_archive_are_runs(folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.tar.xz"
    pack(folder, kept)
    assert [run.id for run in run_folders(kept)] == ["2", "10"]
    kept.rename(folder / "kept.tar.xz")
    runs = run_folders(folder)
    assert [run.id for run in runs] == ["2", "10", "kept.tar.xz/2", "kept.tar.xz/10"]
    assert str(runs[2]) == f"{folder}/kept.tar.xz/2"
    for run in runs:
        for name, results in ((run.id, str(folder)), (str(run), "elsewhere")):
            assert find_run(name, results).path == run.path
    with pytest.raises(UserError, match=r"no run '3' .*: 2, 10, kept.tar.xz/2, kept.tar.xz/10;"):
        find_run("3", str(folder))


@pytest.mark.parametrize("content", [b"", b"nonsense", lzma.compress(b"nonsense" * 1000)])
def test_other_files_are_named(folder: Path, content: bytes) -> None:
    path = folder / "x.tar.xz"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"x\.tar\.xz: not a readable archive of runs"):
        unpacked(path)
    assert [run.id for run in run_folders(folder)] == ["2", "10", "x.tar.xz"]


def test_damage_at_the_end_is_no_end(folder: Path, tmp_path: Path) -> None:
    """What was read till there may lack runs: tarfile takes a damaged head for the end of all."""
    pack(folder, tmp_path / "whole.tar.xz")
    whole = (tmp_path / "whole.tar.xz").read_bytes()
    last = range(len(whole) - 40, len(whole))  # checksum, index and footer
    flipped = [whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :] for at in last]
    for number, content in enumerate([*flipped, whole[:-1], whole[:-36], whole + b"x", whole * 2]):
        path = tmp_path / f"{number}.tar.xz"
        path.write_bytes(content)
        with pytest.raises(UserError, match="not a readable archive of runs"):
            unpacked(path)


def test_a_link_to_nowhere_is_a_run_that_cannot_be_read(folder: Path) -> None:
    link = folder / "lost.tar.xz"
    link.symlink_to(folder / "elsewhere")
    assert [run.id for run in run_folders(folder)] == ["2", "10", "lost.tar.xz"]
    with pytest.raises(UserError, match=r"lost\.tar\.xz: cannot be read"):
        unpacked(link)


def test_what_somebody_tidied_up_is_unpacked_again(folder: Path, tmp_path: Path) -> None:
    pack(folder, tmp_path / "kept.tar.xz")
    shutil.rmtree(unpacked(tmp_path / "kept.tar.xz"))
    assert [run.id for run in run_folders(tmp_path / "kept.tar.xz")] == ["2", "10"]


def test_a_copy_of_the_process_removes_nothing_when_it_ends(tmp_path: Path) -> None:
    archive._remove(str(tmp_path), os.getpid() + 1)
    assert tmp_path.exists()
    archive._remove(str(tmp_path), os.getpid())
    assert not tmp_path.exists()


def test_a_run_is_looked_for_in_the_results_first(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack(folder, tmp_path / "kept.tar.xz")
    monkeypatch.chdir(folder)  # where there is another run of that number
    assert find_run("2", str(tmp_path / "kept.tar.xz")).place == tmp_path / "kept.tar.xz" / "2"
    assert find_run("2", "elsewhere").path == Path("2")


def hostile(path: Path, name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> Path:
    """Write an archive with one entry of that name."""
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, link
    entry.size = 4 if kind == tarfile.REGTYPE else 0
    with tarfile.open(path, "w:xz") as tar:
        tar.addfile(entry, io.BytesIO(b"evil"))
    return path


@pytest.mark.parametrize(
    ("name", "kind", "link"),
    [
        ("../out", tarfile.REGTYPE, ""),
        ("1/../../out", tarfile.REGTYPE, ""),
        ("/out", tarfile.REGTYPE, ""),
        ("1", tarfile.SYMTYPE, "/"),
        ("1/run.json", tarfile.LNKTYPE, "../out"),
        ("1/run.json", tarfile.FIFOTYPE, ""),
        ("1/run.json", tarfile.CHRTYPE, ""),
    ],
)
def test_nothing_gets_out_of_the_folder(tmp_path: Path, name: str, kind: bytes, link: str) -> None:
    path = hostile(tmp_path / "x.tar.xz", name, kind, link)
    inside = tmp_path / "deep" / "inside"
    inside.mkdir(parents=True)
    with pytest.raises(UserError, match="is no plain file inside of it"):
        unpack(path, inside)
    assert contents(tmp_path).keys() == {"x.tar.xz"}


@pytest.mark.parametrize(("limit", "value"), [("_MOST_BYTES", 100), ("_MOST_FILES", 3)])
def test_size_and_number_are_bounded(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    pack(folder, tmp_path / "x.tar.xz")
    monkeypatch.setattr(archive, limit, value)
    with pytest.raises(UserError, match="it holds more than"):
        unpack(tmp_path / "x.tar.xz", tmp_path)
