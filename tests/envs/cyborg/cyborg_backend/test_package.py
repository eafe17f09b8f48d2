"""Finding the user's CybORG: every way in which it can be missing is told."""

from __future__ import annotations

import copy
import importlib.util
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from acd_plugin.envs.cyborg.cyborg_backend import shims
from acd_plugin.envs.cyborg.cyborg_backend.package import (
    check_cyborg,
    find_cyborg,
    import_cyborg,
)
from acd_plugin.errors import UserError


def checkout(folder: Path, version: str | None = "3.1", code: str = "") -> Path:
    package = folder / "CybORG"
    package.mkdir()
    (package / "__init__.py").write_text(code)
    if version is not None:
        (package / "version.txt").write_text(f"{version}\n")
    return folder


def test_the_variable_points_to_a_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CYBORG_HOME", str(checkout(tmp_path)))
    assert find_cyborg() == tmp_path / "CybORG"


def test_without_the_variable_the_installed_package_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CYBORG_HOME", raising=False)
    monkeypatch.delitem(sys.modules, "CybORG", raising=False)
    monkeypatch.syspath_prepend(checkout(tmp_path))
    assert find_cyborg() == tmp_path / "CybORG"


def test_nothing_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CYBORG_HOME", raising=False)
    monkeypatch.delitem(sys.modules, "CybORG", raising=False)
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(UserError, match=r"cannot be imported: set CYBORG_HOME=/path/to/checkout"):
        find_cyborg()


def test_the_variable_points_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CYBORG_HOME", str(tmp_path))
    with pytest.raises(UserError, match="which has no package CybORG in it"):
        find_cyborg()


@pytest.mark.parametrize(
    ("version", "named"),
    [("2.1", "version 2.1"), ("4.0", "version 4.0"), (None, "unknown")],
)
def test_other_versions_are_refused(
    version: str | None, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CYBORG_HOME", str(checkout(tmp_path, version)))
    with pytest.raises(UserError, match=rf"{named}.*plays on 3\.1"):
        find_cyborg()


def test_packages_that_it_needs_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("gymnasium")
    home = checkout(tmp_path, code="import a_package_that_nobody_has")
    monkeypatch.setenv("CYBORG_HOME", str(home))
    monkeypatch.delitem(sys.modules, "CybORG", raising=False)
    monkeypatch.setattr(sys, "path", sys.path.copy())
    monkeypatch.setattr(sys, "modules", sys.modules.copy())  # the aliases go with the test
    with pytest.raises(UserError, match=r"a_package_that_nobody_has.*'\.\[cyborg\]'"):
        import_cyborg()


def test_packages_that_it_needs_are_named_before_any_process_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CYBORG_HOME", str(checkout(tmp_path)))
    hidden = {"gymnasium", "networkx", "prettytable", "yaml"}
    find_spec = importlib.util.find_spec

    def without(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name in hidden else find_spec(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", without)
    with pytest.raises(UserError, match=r"\(gymnasium, networkx, prettytable, yaml\): pip"):
        check_cyborg()


def test_paramiko_is_only_imported_and_need_not_be_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("gymnasium")
    monkeypatch.setenv("CYBORG_HOME", str(checkout(tmp_path, code="import paramiko")))
    monkeypatch.delitem(sys.modules, "CybORG", raising=False)
    monkeypatch.setattr(sys, "path", sys.path.copy())
    monkeypatch.setattr(sys, "modules", sys.modules.copy())
    monkeypatch.delitem(sys.modules, "paramiko", raising=False)
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, package=None: None if name == "paramiko" else find_spec(name, package),
    )
    assert import_cyborg() == tmp_path / "CybORG"


def test_the_generator_has_the_old_names_and_can_be_copied() -> None:
    generator = shims.random_numbers(3)
    twin = copy.deepcopy(generator)
    assert isinstance(twin, shims.RandomNumbers)
    assert [generator.randint(1, 10) for _ in range(5)] == [twin.randint(1, 10) for _ in range(5)]
    assert generator.rand() == twin.rand()
    assert {shims.random_numbers(0).randint(2) for _ in range(9)} <= {0, 1}
