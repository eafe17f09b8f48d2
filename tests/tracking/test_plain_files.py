"""Files are read and written only where they are what they seem, and grow by whole lines."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from acd_plugin.tracking.plain_files import (
    append_lines,
    append_whole,
    open_new,
    open_plain,
    read_plain,
    reason,
)

resource = pytest.importorskip("resource")  # POSIX alone has it, and the files tested here


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size: the kernel writes what fits, then refuses."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    told = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, told)


def impostors(folder: Path) -> dict[str, Path]:
    """Things that are no regular files, in the place of one."""
    folder.mkdir(exist_ok=True)
    secret = folder / "secret"
    secret.write_text("of this machine\n")
    paths = {kind: folder / kind for kind in ("link", "lost link", "pipe", "folder")}
    paths["link"].symlink_to(secret)
    paths["lost link"].symlink_to(folder / "nowhere")
    os.mkfifo(paths["pipe"])
    paths["folder"].mkdir()
    return {**paths, "device": Path(os.devnull)}


def test_a_name_that_no_file_can_have_is_told_like_any_other_that_cannot_be_opened() -> None:
    with pytest.raises(OSError, match="null byte"):
        open_plain(Path("a\0b"))


@pytest.mark.parametrize("kind", ["link", "lost link", "pipe", "folder", "device"])
def test_nothing_but_a_regular_file_is_used(tmp_path: Path, kind: str) -> None:
    path = impostors(tmp_path / "place")[kind]
    for use in (open_plain, open_new, lambda path: append_lines(path, b"x\n")):
        with pytest.raises(OSError, match=r"."):
            use(path)
    assert (tmp_path / "place" / "secret").read_text() == "of this machine\n"
    assert not (tmp_path / "place" / "nowhere").exists()


def test_a_link_is_followed_when_the_user_has_named_it(tmp_path: Path) -> None:
    path = impostors(tmp_path / "place")["link"]
    with open_plain(path, follow=True) as file:
        assert file.read() == b"of this machine\n"
    with pytest.raises(OSError, match="link") as error:
        open_plain(path)
    assert reason(error.value) == "is a link, which is not followed"


def test_the_size_is_bounded_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(OSError, match="is larger than 1,000 bytes"):
        read_plain(tmp_path / "sparse", 1000)


@pytest.mark.parametrize("append", [append_lines, append_whole])
@pytest.mark.parametrize("room", range(5, 14))
def test_on_a_full_disk_nothing_is_appended(tmp_path: Path, append: object, room: int) -> None:
    assert callable(append)
    path = tmp_path / "file"
    path.write_bytes(b"line\n")
    with room_for(room), pytest.raises(OSError, match="too large") as error:
        append(path, b"another\nmore\n")
    assert error.value.errno == errno.EFBIG
    assert path.read_bytes() == b"line\n"
    append(path, b"another\n")
    assert path.read_bytes() == b"line\nanother\n"


@pytest.mark.parametrize("torn", [b"", b"x", b'{"name": "lo', b"\x00", b"\xff" * 5000])
def test_an_append_begins_with_a_line_of_its_own(tmp_path: Path, torn: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"whole\n" + torn)
    append_lines(path, b"one\ntwo\n")
    lines = path.read_bytes().split(b"\n")
    assert lines == [b"whole", *([torn] if torn else []), b"one", b"two", b""]
