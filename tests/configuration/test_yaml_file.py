"""A file is looked at before it is read: what is no file of settings is told at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from acd_plugin.configuration.yaml_file import LARGEST, read_yaml
from acd_plugin.errors import UserError


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "expected 'key: value' lines, got nothing"),
        (b"# only a remark\n", "expected 'key: value' lines, got nothing"),
        (b"- a\n- b\n", "expected 'key: value' lines, got list"),
        (b"text", "expected 'key: value' lines, got str"),
        (b"a: 1\nb: \xff\n", r"cannot be read \(line 2 is not UTF-8\)"),
        (b"\xff\xfea\x00", "not UTF-8"),
        (b"a: 1\na: 2\n", r"not valid YAML \(line 2: the key 'a' stands in line 1 already"),
        (b"#" * (LARGEST + 1), "is larger than 256 KiB"),
    ],
)
def test_files_that_hold_no_settings(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(content)
    with pytest.raises(UserError, match=message) as error:
        read_yaml(path)
    assert str(error.value).startswith(f"{path}: ")


def test_what_is_no_file_is_never_opened(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe.yaml", tmp_path / "link.yaml"
    os.mkfifo(pipe)  # to open it would wait for ever
    link.symlink_to(pipe)
    loop = tmp_path / "loop.yaml"
    loop.symlink_to(loop)
    expected = {
        pipe: "is a pipe: give the path of a file",
        link: "is a pipe",
        tmp_path: "is a folder",
        Path(os.devnull): "is a device",
        loop: "cannot be read",
        tmp_path / "nowhere.yaml": "no such file",
        pipe / "below.yaml": "cannot be read",
        Path("a\0b.yaml"): "cannot be read",
        Path("x" * 5000): "cannot be read",
    }
    for path, message in expected.items():
        with pytest.raises(UserError, match=message):
            read_yaml(path)


def test_marks_and_line_ends_of_windows(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(b"\xef\xbb\xbfextends: dial\r\nn_bits: 2\r\n")
    assert read_yaml(path) == {"extends": "dial", "n_bits": 2}
