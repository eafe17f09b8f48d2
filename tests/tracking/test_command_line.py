"""Stored commands are changed word by word, quoting included."""

from __future__ import annotations

import pytest

from acd_plugin.tracking.command_line import with_override, without

PLAIN = "python main.py train --config=dial"


@pytest.mark.parametrize(
    ("command", "rest"),
    [
        (PLAIN, PLAIN),
        (f"{PLAIN} with t_max=9", PLAIN),
        (f"{PLAIN} with seed=1 t_max=9 n_bits=2", f"{PLAIN} with seed=1 n_bits=2"),
        (f"{PLAIN} '--note=with care' with t_max=9", f"{PLAIN} '--note=with care'"),
        ("", ""),
    ],
)
def test_an_override_is_left_out(command: str, rest: str) -> None:
    assert without(command, "t_max") == rest


@pytest.mark.parametrize(
    ("command", "changed"),
    [
        (PLAIN, f"{PLAIN} with t_max=10"),
        (f"{PLAIN} with t_max=9", f"{PLAIN} with t_max=10"),
        (f"{PLAIN} with t_max=9 seed=1", f"{PLAIN} with seed=1 t_max=10"),
    ],
)
def test_an_override_is_set_once(command: str, changed: str) -> None:
    assert with_override(command, "t_max", 10) == changed
