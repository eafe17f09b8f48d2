"""The commands in the documents work as they are printed, in a reader's fresh folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.documents.pages import PAGES, Block, blocks_of, name_of
from tests.house.source import ROOT
from tests.slow import slow

HEAD = r"""
set -e
python3() { mkdir -p .venv/bin && touch .venv/bin/activate; }  # -m venv
pip() { :; }                                                    # everything is installed
git() { ln -s "$(eval "echo \$CHECKOUT_$(basename "$2")")" "$(basename "$2")"; }  # clone
python() { "$PYTHON" -m tests.documents.small "$@"; }
"""
HOMES = {"epymarl": "EPYMARL_HOME", "CybORG": "CYBORG_HOME"}
RUN_PAGES = [page for page in PAGES if any(block.is_run for block in blocks_of(page))]


@pytest.mark.parametrize("page", slow(RUN_PAGES), ids=name_of)
def test_commands_work_as_they_are_printed(page: Path, tmp_path: Path) -> None:
    blocks = blocks_of(page)
    script = "\n".join(block.text for block in blocks if block.is_run)
    missing = [
        home
        for name, home in HOMES.items()
        if re.search(rf"git clone \S+/{name}\b", script) and not os.environ.get(home)
    ]
    if missing:
        pytest.skip(f"{missing[0]} names no checkout")
    lay_out(tmp_path, blocks)
    if not re.search(r"main.py (--config|experiment run)", script):
        train_two(tmp_path)
    run(tmp_path, script)


def lay_out(folder: Path, blocks: list[Block]) -> None:
    """Make the folder what a clone is, with the files that the page tells to write."""
    for name in ("main.py", "config", "docs", "examples"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "experiments", folder / "experiments")  # plans are made smaller
    for block in blocks:
        if block.is_file:
            (folder / block.title).write_text(block.text, encoding="utf-8")


def train_two(folder: Path) -> None:
    """Runs 1 and 2, of which a page speaks that does not train them itself."""
    run(folder, "python main.py --config=dial --env-config=cyborg_small\n" * 2)


def run(folder: Path, script: str) -> None:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("EPYMARL_HOME", "CYBORG_HOME", "ACD_MONGO_URL")
    }
    environment |= {"PYTHON": sys.executable, "PYTHONPATH": str(ROOT)}
    for name, home in HOMES.items():
        environment[f"CHECKOUT_{name}"] = os.environ.get(home, "")
    result = subprocess.run(
        ["bash", "-x", "-c", HEAD + script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
