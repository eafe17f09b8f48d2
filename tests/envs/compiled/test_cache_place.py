"""Compiled code, which is read with pickle, is kept where nobody else can write."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from acd_plugin.envs.compiled.cache_place import cache_place
from acd_plugin.errors import UserError


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home, a folder of temporary files and a working folder, all empty."""
    for name in ("home", "temporary", "here"):
        (tmp_path / name).mkdir()
    for variable in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


def without_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)


def test_it_is_in_the_users_cache(places: Path) -> None:
    assert cache_place("rules") == places / "home" / ".cache" / "acd_plugin" / "rules"
    assert cache_place("rules").is_dir()


def test_the_user_may_choose(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(places / "chosen"))
    assert cache_place("rules") == places / "chosen" / "rules"
    (places / "file").touch()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(places / "file"))
    with pytest.raises(UserError, match="no folder can be written there"):
        cache_place("rules")


@pytest.mark.parametrize("home", [None, "relative", "~"])
def test_without_a_home_it_is_a_folder_of_ones_own_among_temporary_files(
    places: Path, monkeypatch: pytest.MonkeyPatch, home: str | None
) -> None:
    without_home(monkeypatch)
    if home is not None:
        monkeypatch.setenv("XDG_CACHE_HOME", home)
    folder = cache_place("rules")
    assert folder == places / "temporary" / f"acd_plugin-{os.geteuid()}" / "rules"
    assert folder.parent.stat().st_mode & 0o077 == 0
    assert list((places / "here").iterdir()) == []


def test_a_folder_of_a_stranger_is_not_used(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = os.geteuid() + 4242
    monkeypatch.setattr(os, "geteuid", lambda: stranger)  # so that all that is there is another's
    (places / "temporary" / f"acd_plugin-{stranger}").mkdir()
    with pytest.raises(UserError, match="set NUMBA_CACHE_DIR to one of yours"):
        cache_place("rules")


@pytest.mark.parametrize("kind", ["open to all", "a link"])
def test_a_temporary_folder_into_which_others_can_write_is_not_used(
    places: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    without_home(monkeypatch)
    folder = places / "temporary" / f"acd_plugin-{os.geteuid()}"
    if kind == "a link":
        (places / "elsewhere").mkdir(mode=0o700)
        folder.symlink_to(places / "elsewhere")
    else:
        folder.mkdir()
        folder.chmod(0o777)
    with pytest.raises(UserError, match="that nobody else can write into"):
        cache_place("rules")
