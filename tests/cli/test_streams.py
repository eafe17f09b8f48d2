"""The program runs whatever its standard streams are."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from acd_plugin.cli.streams import prepare_streams
from tests.cli.conftest import Call
from tests.slow import slow

PROGRAM = [sys.executable, str(Path(__file__).resolve().parents[2] / "main.py")]


@pytest.mark.parametrize("closed", ["2>&-", "0<&- 1>&- 2>&-"])
def test_closed_streams_are_no_mistake(closed: str, results: Path) -> None:
    command = ["sh", "-c", f'exec "$@" {closed}', "sh", *PROGRAM, "runs", "--since=never"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (2, "", "")
    assert not results.exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize(
    "words",
    [
        ["runs", "--results=docs/games/hidden_hour.tar.xz"],
        ["--help"],
        *slow([["--version"], ["train", "--help"], ["check", "scenario", "dial_2_subnets"]]),
    ],
    ids=" ".join,
)
def test_what_cannot_be_printed_is_told_in_a_line(words: list[str]) -> None:
    command = ["sh", "-c", 'exec "$@" > /dev/full', "sh", *PROGRAM, *words]
    root = Path(PROGRAM[1]).parent
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)
    told = "error: cannot write what was to be printed or stored: No space left on device\n"
    assert (ended.returncode, ended.stderr) == (2, told)


def test_a_console_shows_what_it_can(
    train: Call, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert train(1).code == 0
    console = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(console, "ascii"))
    assert call("show", "1").code == 0
    sys.stdout.flush()
    assert b"test_return_mean" in console.getvalue()
    assert b"?" in console.getvalue()  # in the place of the curve's blocks


def test_a_stream_that_is_there_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    error = io.StringIO()
    monkeypatch.setattr(sys, "stderr", error)
    prepare_streams()
    assert sys.stderr is error
