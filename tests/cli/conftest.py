"""The program as a user calls it, with runs small enough for a test."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from acd_plugin.cli.main import main
from acd_plugin.tracking.metric_file import read_metrics
from acd_plugin.tracking.run_folder import RunFolder
from tests.conftest import TINY

EPOCH = 8 * 30  # environment steps of one epoch of the tiny run
TINY_RUN = [*TINY, f"test_interval={2 * EPOCH}", f"log_interval={EPOCH}", "save_model_interval=1"]


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


Call = Callable[..., Outcome]


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of its own; runs go to its subfolder ``results``."""
    work_in(tmp_path, monkeypatch)
    return tmp_path / "results"


def work_in(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Call the program from ``folder``, without what would change what is tested."""
    patch.chdir(folder)
    patch.setattr(sys, "argv", ["main.py"])
    for variable in ("EPYMARL_HOME", "ACD_MONGO_URL"):
        patch.delenv(variable, raising=False)


def do_in(folder: Path, *commands: Sequence[str]) -> Path:
    """Do what many tests begin with; returns the results, of which each test has a copy."""
    with pytest.MonkeyPatch.context() as patch:
        work_in(folder, patch)
        for words in commands:
            assert main(list(words)) == 0
    return folder / "results"


@pytest.fixture
def call(results: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Return a function that runs one command and returns exit code, stdout and stderr."""
    del results

    def run(*words: str) -> Outcome:
        code = main(list(words))
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return run


@pytest.fixture
def train(call: Call) -> Call:
    """Return a function that trains a tiny run for some epochs."""

    def run(
        epochs: int, *overrides: str, config: str = "dial", env: str = "cyborg_small"
    ) -> Outcome:
        steps = f"t_max={epochs * EPOCH}"
        return call(
            f"--config={config}", f"--env-config={env}", "with", *TINY_RUN, steps, *overrides
        )

    return run


@pytest.fixture(scope="session")
def three_epochs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    words = ["--config=dial", "--env-config=cyborg_small", "with", *TINY_RUN]
    return do_in(tmp_path_factory.mktemp("trained"), [*words, f"t_max={3 * EPOCH}"])


@pytest.fixture
def trained(three_epochs: Path, results: Path) -> str:
    """A run of DIAL, trained for three epochs."""
    shutil.copytree(three_epochs, results)
    return "1"


def run_json(folder: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((folder / "run.json").read_text())
    return data


def numbers(folder: Path) -> list[tuple[str, int, float]]:
    """Return what was measured, in a fixed order, without what depends on the clock."""
    return sorted(
        (point["name"], point["step"], point["value"])
        for point in read_metrics(RunFolder(folder))
        if point["name"] != "steps_per_second"
    )
