"""What is no checkout is refused, with a word on what is missing."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from acd_plugin.cli.main import main
from acd_plugin.errors import UserError
from acd_plugin.hosts.epymarl import checkout
from acd_plugin.hosts.epymarl.checkout import Checkout, find_checkout, import_from


@pytest.fixture(autouse=True)
def _no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EPYMARL_HOME", raising=False)


def make_checkout(folder: Path) -> Path:
    """Write the files by which a checkout is known, all empty."""
    for name in checkout._NEEDED:
        path = folder / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def test_without_option_and_variable_the_host_is_built_in() -> None:
    assert find_checkout(None) is None


def test_the_option_wins_over_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = make_checkout(tmp_path / "one"), make_checkout(tmp_path / "two")
    monkeypatch.setenv("EPYMARL_HOME", str(one))
    found = find_checkout(None)
    assert found is not None
    assert (found.home, found.reason) == (one, f"EPYMARL_HOME={one}")
    found = find_checkout(str(two))
    assert found is not None
    assert (found.home, found.reason) == (two, f"--epymarl={two}")


@pytest.mark.parametrize("missing", ["run.py", "components/episode_buffer.py"])
def test_an_incomplete_checkout_is_refused(tmp_path: Path, missing: str) -> None:
    home = make_checkout(tmp_path)
    (home / "src" / missing).unlink()
    with pytest.raises(UserError, match=f"no EPyMARL checkout there .*{missing} is missing"):
        find_checkout(str(home))


def test_a_missing_folder_is_one_line_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code = main(["--config=dial", "--env-config=cyborg_small", "--epymarl=nowhere"])
    assert code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: --epymarl=nowhere: no EPyMARL checkout there")
    assert not list(tmp_path.iterdir())


def test_a_name_that_is_taken_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = ModuleType("utils")
    stranger.__file__ = "/somewhere/utils.py"
    monkeypatch.setitem(sys.modules, "utils", stranger)
    found = Checkout(make_checkout(tmp_path), "test")
    with pytest.raises(UserError, match=r"'utils' is already imported from /somewhere/utils\.py"):
        import_from(found, "run")


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = make_checkout(tmp_path)
    (home / "src" / "needy.py").write_text("import a_package_that_nobody_has\n")
    monkeypatch.setattr(sys, "path", list(sys.path))
    with pytest.raises(UserError, match="pip install a_package_that_nobody_has"):
        import_from(Checkout(home, "test"), "needy")
