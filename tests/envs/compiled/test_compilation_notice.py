"""Whoever waits for the compiler is told why, once."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from numba.core import config

from acd_plugin.envs.compiled import compilation
from acd_plugin.envs.compiled.compilation import announce_compilation

pytestmark = pytest.mark.skipif(
    bool(config.DISABLE_JIT), reason="nothing is compiled, so that nothing is told"
)
TOLD = "compiling the rules of this game: half a minute, only the first time"


def test_who_has_set_up_no_logging_is_told_on_standard_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, compilation.__name__)
    announce_compilation(tmp_path)
    announce_compilation(tmp_path)
    assert capsys.readouterr().err.splitlines() == [TOLD]


def test_who_has_finds_it_among_the_other_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, compilation.__name__)
    announce_compilation(tmp_path)
    assert caplog.messages == [TOLD]
    assert TOLD not in capsys.readouterr().err.splitlines()


def test_rules_that_are_compiled_need_no_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "step.nbc").touch()
    announce_compilation(tmp_path)
    assert capsys.readouterr().err == ""
