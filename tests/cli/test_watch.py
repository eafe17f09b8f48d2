"""``watch`` writes a page, refuses what it cannot show in one line, and overwrites nothing."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import EPOCH, Call
from tests.house.source import ROOT


def data_of(path: Path) -> dict[str, Any]:
    (text,) = re.findall(r'<script id="data"[^>]*>(.*?)</script>', path.read_text(), re.DOTALL)
    data: dict[str, Any] = json.loads(text)
    return data


def test_the_page_lies_with_the_run_and_is_the_evaluations_games(
    trained: str, call: Call, results: Path
) -> None:
    outcome = call("watch", trained, "--games=3")
    assert outcome.code == 0
    assert "3 greedy games, seed 0; open in a browser: results/1/games.html" in outcome.out
    data = data_of(results / "1" / "games.html")
    call("evaluate", trained, "--episodes=3")
    (line,) = (results / "1" / "evaluations.jsonl").read_text().splitlines()
    returns = [sum(step["reward"] for step in game["steps"]) for game in data["games"]]
    assert returns == pytest.approx(json.loads(line)["returns"], abs=1e-4)
    assert data["caption"]["title"] == "dial on cyborg_small"
    assert data["caption"]["settings"]["detection_rate"] == "0.5"
    assert data["caption"]["t_env"] == 3 * EPOCH


def test_a_page_is_written_again_and_nothing_else_is_lost(
    trained: str, call: Call, tmp_path: Path
) -> None:
    precious = tmp_path / "thesis.html"
    precious.write_text("<title>precious</title>")
    outcome = call("watch", trained, "--games=1", "--out=thesis.html")
    assert (outcome.code, precious.read_text()) == (2, "<title>precious</title>")
    assert "thesis.html: is there and was not written by watch" in outcome.err
    for seed in ("0", "1"):
        assert call("watch", trained, "--games=1", f"--seed={seed}", "--out=new/a.html").code == 0
    assert data_of(tmp_path / "new" / "a.html")["caption"]["seed"] == 1


def test_what_cannot_be_shown_is_one_line(
    trained: str, call: Call, results: Path, tmp_path: Path
) -> None:
    (tmp_path / "folder.html").mkdir()
    os.mkfifo(tmp_path / "pipe.html")
    (tmp_path / "lost.html").symlink_to("nowhere.html")
    for words, message in {
        ("--games=0",): "--games is 0: must be at least 1",
        (
            "--games=1000000",
        ): "a page shows at most 20,000 steps, and a game may have 30; choose at",
        ("--out=game.png",): "--out game.png: must end in .html",
        ("--out=folder.html",): "folder.html: cannot be written",
        ("--out=pipe.html",): "pipe.html: cannot be written",
        ("--out=lost.html",): "lost.html: is a link to what is not there: remove it, or choose",
        ("--out=",): "out is '': name a file or a folder",
        ("--seed=-1",): "--seed is -1",
        ("with", "lr=1"): "cannot watch with 'lr=1': a trained policy plays with its own",
        ("with", "env_args.scenario=dial_3_subnets"): "does not fit 'dial_3_subnets'",
    }.items():
        outcome = call("watch", trained, *words)
        assert outcome.code == 2
        assert message in outcome.err
        assert len(outcome.err.splitlines()) == 1
    assert not (results / "1" / "games.html").exists()


def test_the_environment_may_change(trained: str, call: Call, results: Path) -> None:
    call("watch", trained, "--games=1", "with", "env_args.detection_rate=0.25")
    assert data_of(results / "1" / "games.html")["caption"]["settings"]["detection_rate"] == "0.25"


def test_an_environment_that_cannot_be_drawn_is_shown_by_its_actions(
    train: Call, call: Call, results: Path
) -> None:
    assert train(1, env=str(ROOT / "examples/environment/echo.yaml")).code == 0
    plugin = f"--plugin={ROOT / 'examples/environment/echo.py'}"
    assert call("watch", "1", "--games=2", plugin).code == 0
    data = data_of(results / "1" / "games.html")
    assert data["network"] is None
    assert [len(game["steps"]) for game in data["games"]] == [2, 2]
    assert len(data["games"][0]["steps"][0]["agents"][0]["saw"]) > 0
    shown = call("evaluate", "1", "--episodes=2", "--render", plugin).out
    assert "step 2: reward" in shown
    assert "action " in shown
