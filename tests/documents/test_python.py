"""The examples in the page on Python work as they are printed, one after the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from acd_plugin.api import runs
from tests.documents.pages import blocks_of
from tests.documents.small import SMALL
from tests.house.source import ROOT

SMALLER = {key: int(value) for key, _, value in (word.partition("=") for word in SMALL)}


def test_the_examples_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    train, evaluate = runs.train, runs.evaluate

    def train_less(*words: str, **settings: object) -> Path:
        return train(*words, **{**settings, **SMALLER})  # type: ignore[arg-type]

    def evaluate_less(run: Path, episodes: int = 128, **settings: object) -> object:
        return evaluate(run, min(episodes, 8), **settings)  # type: ignore[call-overload]

    monkeypatch.setattr(runs, "train", train_less)
    monkeypatch.setattr(runs, "evaluate", evaluate_less)
    page = ROOT / "docs" / "python.md"
    names: dict[str, object] = {}
    for block in blocks_of(page):
        if block.language == "python":
            exec(compile(block.text, page.name, "exec"), names)
    assert names["curve"] is not None
