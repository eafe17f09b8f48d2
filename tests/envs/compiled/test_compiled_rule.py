"""Rules that call each other, and that Python calls."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from numba import types

from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.compiled.compiled_rule import CompiledRule
from acd_plugin.envs.compiled.content import plain

pytestmark = pytest.mark.skipif(
    os.environ.get("NUMBA_DISABLE_JIT") == "1", reason="nothing is compiled"
)


def _double(number: int) -> int:
    return 2 * number


double = compiled(_double)


def _quadruple(number: int) -> int:
    return double(double(number))


def test_what_only_rules_call_is_not_compiled_for_python(tmp_path: Path) -> None:
    quadruple = CompiledRule(plain(_quadruple))
    quadruple.keep_in(tmp_path)
    assert quadruple(3) == 12
    assert isinstance(double, CompiledRule)
    assert (quadruple.versions, double.versions) == (1, 0)
    assert double(3) == 6
    assert double.versions == 1


def test_what_was_compiled_for_rules_is_not_taken_for_what_python_can_call(tmp_path: Path) -> None:
    """It would end the process: there is nothing that Python could call."""
    first = CompiledRule(plain(_double))
    first.keep_in(tmp_path)
    first.compile((types.int64,))
    second = CompiledRule(plain(_double))
    second.keep_in(tmp_path)
    assert second(3) == 6
    assert len(list(tmp_path.rglob("*.nbc"))) == 2
