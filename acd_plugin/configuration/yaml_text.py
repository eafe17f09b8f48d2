"""The one reader of YAML: files, and values on the command line.

What is read is what stands there: values by the core schema of YAML 1.2, nested to a limit.
Whatever makes a text mean something else, or something large, is refused: tags, aliases, the rules
of other versions, a key that stands twice.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from acd_plugin.configuration.core_schema import NULLS, plain_value
from acd_plugin.errors import brief

DEEPEST = 20  # lists and mappings inside each other
# All but what YAML allows in a text (c-printable): what is read can be printed and stored.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Document(NamedTuple):
    """What a text says."""

    value: Any  # of the types of JSON; None if it says nothing
    lines: dict[str, int]  # where each key of the outermost mapping stands


class YamlTextError(Exception):
    """One line that says where a text is not what this reader reads, and why."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"line {line}: {problem}")


def read_text(text: str, nulls: frozenset[str] = NULLS, repeats: bool = False) -> Document:
    """Return what a text says; YamlTextError for what is not read.

    ``nulls`` are the words that mean nothing. With ``repeats`` the last of equal keys wins. Equal
    texts are read once.
    """
    value, lines = _read(text, nulls, repeats)
    return Document(copy.deepcopy(value), dict(lines))


@lru_cache(maxsize=256)
def _read(text: str, nulls: frozenset[str], repeats: bool) -> Document:
    if found := _UNPRINTABLE.search(text):
        _refuse_character(found[0], text.count("\n", 0, found.start()) + 1)
    yaml = YAML(typ="safe", pure=True)
    try:
        return _Reader(yaml.parse(text), nulls, repeats).document()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        parts = [part for part in (error.context, error.problem) if part]
        raise YamlTextError(mark.line + 1 if mark else 1, ", ".join(parts)) from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise YamlTextError(1, " ".join(str(error).split())) from None


class _Reader:
    """Turns what the parser finds, one event after the other, into values."""

    def __init__(self, events: Iterator[Event], nulls: frozenset[str], repeats: bool) -> None:
        self._events = events
        self._nulls = nulls
        self._repeats = repeats

    def document(self) -> Document:
        next(self._events)  # the stream's start
        event = next(self._events)
        if isinstance(event, StreamEndEvent):
            return Document(None, {})
        assert isinstance(event, DocumentStartEvent)
        if event.version not in (None, (1, 2)):
            major, minor = event.version
            _refuse(event, f"%YAML {major}.{minor}: files are read as YAML 1.2; take the line out")
        lines: dict[str, int] = {}
        value = self._value(next(self._events), DEEPEST, lines)
        assert isinstance(next(self._events), DocumentEndEvent)
        event = next(self._events)
        if not isinstance(event, StreamEndEvent):
            _refuse(event, "a second document: there may be one; take the '---' before it out")
        return Document(value, lines)

    def _value(self, event: Event, deeper: int, lines: dict[str, int]) -> Any:
        """Return the value that begins with ``event``, and note in which lines its keys stand."""
        if isinstance(event, AliasEvent):
            _refuse(event, f"the alias *{event.anchor}: write out what it stands for")
        assert isinstance(event, ScalarEvent | SequenceStartEvent | MappingStartEvent)
        if event.tag is not None:
            _refuse(event, f"the tag {event.tag}: values have no tags here; take it out")
        if isinstance(event, ScalarEvent):
            return self._scalar(event)
        if not deeper:
            _refuse(event, f"nested too deeply: at most {DEEPEST} levels are read")
        if isinstance(event, SequenceStartEvent):
            return self._items(deeper - 1)
        return self._entries(deeper - 1, lines)

    def _items(self, deeper: int) -> list[Any]:
        items = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            items.append(self._value(event, deeper, {}))
        return items

    def _entries(self, deeper: int, lines: dict[str, int]) -> dict[str, Any]:
        entries = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            key = self._value(event, 0, {}) if isinstance(event, ScalarEvent | AliasEvent) else []
            if not isinstance(key, str):
                word = event.value if isinstance(event, ScalarEvent) else ""
                shown = f"the key {brief(word)}" if word else "a key"
                _refuse(event, f"{shown} is no text: keys are names; others need quotes")
            if key in entries and not self._repeats:
                told = f"the key '{brief(key)}' stands in line {lines[key]} already: keep one"
                _refuse(event, told)
            lines[key] = event.start_mark.line + 1
            entries[key] = self._value(next(self._events), deeper, {})
        return entries

    def _scalar(self, event: ScalarEvent) -> Any:
        text: str = event.value
        if found := _UNPRINTABLE.search(text):
            _refuse_character(found[0], event.start_mark.line + 1)
        if event.style is not None:  # in quotes, or a block
            return text
        try:
            return plain_value(text, self._nulls)
        except ValueError as error:
            _refuse(event, str(error))


def _refuse(event: Event, problem: str) -> NoReturn:
    raise YamlTextError(event.start_mark.line + 1, problem)


def _refuse_character(character: str, line: int) -> NoReturn:
    raise YamlTextError(line, f"the character U+{ord(character):04X}, which cannot be printed")
