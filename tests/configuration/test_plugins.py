"""What a plugin is made of, and what becomes of one that cannot be imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from acd_plugin.configuration.layers import configure
from acd_plugin.configuration.plugins import content_of, load_plugins
from acd_plugin.errors import UserError


def write(path: Path, text: str) -> str:
    path.write_text(text)
    return str(path)


def test_modules_beside_a_file_count_with_it(tmp_path: Path) -> None:
    plugin = write(tmp_path / "mine.py", "import numpy\nfrom helper import FACTOR\n")
    write(tmp_path / "helper.py", "FACTOR = 1\n")
    before = content_of([plugin])
    write(tmp_path / "helper.py", "FACTOR = 2\n")
    assert content_of([plugin]) != before


def test_one_file_under_two_names_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    plugin = write(tmp_path / "mine.py", "A = 1\n")
    assert content_of(["mine.py", "./mine.py", plugin]) == content_of([plugin])


def test_what_only_tracks_counts_for_nothing(tmp_path: Path) -> None:
    tracker = "from acd_plugin.tracking.trackers import TRACKERS\n"
    assert content_of([write(tmp_path / "tracker.py", tracker)]) == ""


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("quits.py", "import sys; sys.exit(3)", "SystemExit: 3"),
        ("breaks.py", "raise ValueError('one\\ntwo')", "ValueError: one two"),
        ("wrong.py", "def", "SyntaxError"),
        ("code.pyc", "", "no such Python file"),
    ],
)
def test_what_cannot_be_imported_is_told_in_one_line(
    tmp_path: Path, name: str, text: str, problem: str
) -> None:
    with pytest.raises(UserError, match=problem) as caught:
        load_plugins([write(tmp_path / name, text)])
    assert "\n" not in str(caught.value)


def test_a_path_with_a_null_byte_is_told_in_one_line() -> None:
    with pytest.raises(UserError, match=r"'a\\x00\.py': no such Python file"):
        load_plugins(["a\0.py"])
    with pytest.raises(UserError, match=r"'local_results_path' is .*: no path has a null byte"):
        configure("dial", "cyborg_small", {"local_results_path": "a\0b"})
