"""YAML is read by the core schema of version 1.2; what would mean something else is refused."""

from __future__ import annotations

import contextlib
import math
import time

import pytest

from acd_plugin.configuration.yaml_text import DEEPEST, YamlTextError, read_text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("010", 10),
        ("0o10", 8),
        ("0x1F", 31),
        ("+12", 12),
        ("1e6", 1_000_000.0),
        ("5e-2", 0.05),
        ("-.5E+3", -500.0),
        ("5.", 5.0),
        ("1e400", math.inf),
        ("-.inf", -math.inf),
        ("~", None),
        ("", None),
        ("Null", None),
        ("TRUE", True),
        ("false", False),
        # what YAML 1.1 or Python would make something of
        ("no", "no"),
        ("on", "on"),
        ("1:30", "1:30"),
        ("2026-01-01", "2026-01-01"),
        ("1_000", "1_000"),
        ("0b11", "0b11"),
        ("None", "None"),
        ("=", "="),
        ("<<: {a: 1}", {"<<": {"a": 1}}),
        ("'010'", "010"),
        ("%YAML 1.2\n---\na: 010", {"a": 10}),
        ("a: 1\r\nb:\r\n- x\r\n", {"a": 1, "b": ["x"]}),
        ("--- |\n  text\n  more\n...\n", "text\nmore\n"),
    ],
)
def test_values(text: str, value: object) -> None:
    found = read_text(text).value
    assert found == value
    assert type(found) is type(value)


def test_the_lines_of_the_outermost_keys_are_told() -> None:
    assert read_text("# first\na:\n  b: 1\n\nc: 2\n").lines == {"a": 2, "c": 5}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3", "line 3: the key 'a' stands in line 1 already: keep one"),
        ("x: [{a: 1, 'a': 2}]", "line 1: the key 'a' stands in line 1 already"),
        ("a: !!str 5", "line 1: the tag tag:yaml.org,2002:str: values have no tags here"),
        ("- ! 5", "line 1: the tag !"),
        (
            "!!python/object/apply:os.system ['touch hacked']",
            "line 1: the tag tag:yaml.org,2002:py",
        ),
        ("a: &a [1]\nb: *a", r"line 2: the alias \*a: write out what it stands for"),
        ("a: &a [*a]", r"line 1: the alias \*a"),
        ("%YAML 1.1\n---\na: 010", "%YAML 1.1: files are read as YAML 1.2; take the line out"),
        ("a: 1\n---\nb: 2", "line 2: a second document"),
        ("1: a", "line 1: the key 1 is no text: keys are names; others need quotes"),
        ("true: a", "line 1: the key true is no text"),
        ("? [1, 2]\n: a", "line 1: a key is no text"),
        ("9" * 5000, "line 1: a number of 5000 characters: at most 100 are read"),
        ("a: 0x" + "f" * 5000, "line 1: a number of 5002 characters"),
        ("a:\n  - 1." + "0" * 200, "line 2: a number of 202 characters"),
        ("a: " + "[" * 5000, f"line 1: nested too deeply: at most {DEEPEST} levels"),
        ("- " * 5000, "line 1: nested too deeply"),
        ("a\x00b", r"line 1: the character U\+0000, which cannot be printed"),
        ('a: 1\nb: "\\ud800"', r"line 2: the character U\+D800"),
        ('"\\e[2J"', r"the character U\+001B"),
        ('"\\U00110000"', "line 1: "),
        ("%YAML " + "9" * 6000 + ".1\n---\na", "line 1: "),
        ("a: [1, 2", "line 1: .*expected ',' or '\\]'"),
        ("a: b: c", "line 1: mapping values are not allowed here"),
        ("a:\n\tb: 1", "line 2: .*cannot start any token"),
    ],
)
def test_what_is_refused_is_told_with_its_line(text: str, message: str) -> None:
    with pytest.raises(YamlTextError, match=message) as error:
        read_text(text)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("part", ["k: {a: b}\n", "[", "{a: ", "- ", "? ", "'", "a: b\n  ", "[], "])
def test_long_texts_are_read_or_refused_soon(part: str) -> None:
    begin = time.monotonic()
    with contextlib.suppress(YamlTextError):
        read_text(part * (2**15 // len(part)))
    assert time.monotonic() - begin < 10


def test_who_changes_what_was_read_changes_nobody_elses() -> None:
    first = read_text("a: {b: [1]}")
    first.value["a"]["b"].append(2)
    first.lines.clear()
    assert read_text("a: {b: [1]}") == ({"a": {"b": [1]}}, {"a": 1})
