"""Several numbers in one word."""

from __future__ import annotations

import pytest

from acd_plugin.configuration.layers import parse_value
from acd_plugin.configuration.number_ranges import is_range, ranges, read_numbers, short
from acd_plugin.errors import UserError


@pytest.mark.parametrize(
    ("word", "numbers"),
    [
        ("0..3", [0, 1, 2, 3]),
        ("5..5", [5]),
        ("[0, 3, 7]", [0, 3, 7]),
        ("0,3,7", [0, 3, 7]),
        ("7,0..2", [7, 0, 1, 2]),
        ("['0..1', 9]", [0, 1, 9]),
        ("4", [4]),
    ],
)
def test_as_the_command_line_gives_them(word: str, numbers: list[int]) -> None:
    assert read_numbers(parse_value(word), "seed") == numbers


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("1,2,1", "seed=1,2,1: names 1 twice"),
        ("0..3,2..5", "seed=0..3,2..5: names 2, 3 twice"),
        ("9..3", "seed=9..3: '9..3' runs backwards: write 3..9"),
        ("[]", "seed=: names none; write 0..31"),
        ("0..1024", "seed=0..1024: are more than 1024"),
        ("0..99999999999999", "are more than 1024"),
        ("[1, -2]", "seed=1,-2: '-2' is no number"),
        ("1,x", "seed=1,x: 'x' is no number and no range of numbers"),
        ("1..", "'1..' is no number"),
        ("0.5", "'0.5' is no number"),
        ("True", "'True' is no number"),
    ],
)
def test_what_means_nothing_is_refused_by_name(word: str, message: str) -> None:
    with pytest.raises(UserError) as error:
        read_numbers(parse_value(word), "seed")
    assert message in str(error.value)


def test_numbers_are_told_in_few_words() -> None:
    assert short([3, 0, 1, 2, 7, 9, 10]) == "0..3, 7, 9, 10"
    assert ranges([5]) == ["5"]
    assert read_numbers(",".join(ranges([4, 5, 6, 9])), "seed") == [4, 5, 6, 9]
    assert is_range("3..9")
    assert not is_range("3")
