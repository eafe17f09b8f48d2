"""What pydantic finds wrong, in words that a person can act on: a line for each wrong key.

Where a key may be of several types, pydantic tells what is wrong with it as each of them. Here that
is one line: of the type that was meant, if it shows, and else of what the types are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from acd_plugin.configuration.types_in_words import (
    field_in,
    is_called,
    keys_of,
    legal_values,
    types_in_words,
    types_of,
)
from acd_plugin.errors import brief, listing, nearest

_OF_THE_KEY = "[key]"  # with which pydantic tells of a key itself
_WORDS = {
    "string_type": "must be text",
    "list_type": "must be a list",
    "dict_type": "must be settings, as {key: value}",
    "model_type": "must be settings, as {key: value}",
    "too_short": "must have at least one item",
}


class _Place(NamedTuple):
    """A key, or an item of a list, in what was read."""

    parts: tuple[object, ...]
    field: FieldInfo  # what it may be
    above: object  # the type of what it is in

    def __str__(self) -> str:
        return ".".join(map(str, self.parts))


class _Found(NamedTuple):
    """One of pydantic's errors, and where it is from the place that is looked at."""

    way: tuple[Any, ...]
    error: Mapping[str, Any]

    @property
    def is_of_the_type(self) -> bool:
        """Whether the type of the value is all that is wrong."""
        return not self.way and str(self.error["type"]).endswith(("_type", "literal_error"))


def problems_of(model: type[BaseModel], errors: Sequence[Any]) -> list[str]:
    """Return a line for each wrong key of what was to be a ``model``."""
    top = _Place((), FieldInfo(annotation=model), None)
    return list(_lines(top, model, [_Found(tuple(error["loc"]), error) for error in errors]))


def problem_of(key: str, value: object, field: FieldInfo, message: str) -> str:
    """Return what is wrong with a key's value, in pydantic's words, and what is legal."""
    message = message.removeprefix("Value error, ")
    legal = legal_values(field)
    if legal and len(types_of(field.annotation)) > 1:  # of which pydantic tells of one alone
        return f"'{key}' is {brief(repr(value))}: must be {legal}"
    hint = f" (legal: {legal})" if legal and not message.startswith("Input should be '") else ""
    return f"'{key}' is {brief(repr(value))}: {message[:1].lower()}{message[1:]}{hint}"


def _lines(place: _Place, kind: object, found: Sequence[_Found]) -> Iterator[str]:
    """Yield what is wrong at a place, whose value is to be of this type, and further inside."""
    for here in found:
        if not here.way:
            yield _line(place, here.error)
    types = types_of(kind)
    if len(types) > 1:
        yield from _lines_of_types(place, types, found)
        return
    misspelled = _misspelled(found, keys_of(types[0]))
    for part, inside in _by_first(found).items():
        if part in misspelled:
            continue
        if part == _OF_THE_KEY:
            message = str(inside[0].error["msg"]).removeprefix("Value error, ")
            yield f"the name {place.parts[-1]!r}: {message}"
        else:
            field = field_in(types[0], part)
            below = _Place((*place.parts, part), field, types[0])
            yield from _lines(below, field.annotation, inside)


def _misspelled(found: Sequence[_Found], legal: Iterable[str]) -> set[str]:
    """Return the keys that are missing because they are there, and told, under another name."""
    here = {one.way[0]: str(one.error["type"]) for one in found if len(one.way) == 1}
    hints = [nearest(key, legal) for key, kind in here.items() if kind == "extra_forbidden"]
    return {key for key, kind in here.items() if kind == "missing" and nearest(key, [key]) in hints}


def _lines_of_types(
    place: _Place, types: Sequence[object], found: Sequence[_Found]
) -> Iterator[str]:
    """Yield what is wrong with a value that may be of several types: pydantic tells of each."""
    taken = _by_first(found)
    meant = [name for name, told in taken.items() if not all(one.is_of_the_type for one in told)]
    if not taken:
        return
    if len(meant) == 1:
        kind = next((one for one in types if is_called(one, meant[0])), None)
        yield from _lines(place, kind, taken[meant[0]])
    else:
        value = next((one.error["input"] for one in found if len(one.way) < 2), None)
        yield f"'{place}' is {brief(repr(value))}: must be {types_in_words(types)}"


def _by_first(found: Sequence[_Found]) -> dict[Any, list[_Found]]:
    """Return errors by the first part of the way to them, less that part."""
    parts: dict[Any, list[_Found]] = {}
    for one in found:
        if one.way:
            parts.setdefault(one.way[0], []).append(one._replace(way=one.way[1:]))
    return parts


def _line(place: _Place, error: Mapping[str, Any]) -> str:
    kind, message = str(error["type"]), str(error["msg"])
    if kind == "extra_forbidden":
        legal = keys_of(place.above)
        hint = nearest(place.parts[-1], legal)
        return f"unknown key '{brief(str(place))}'{hint} (legal: {listing(legal)})"
    if kind == "missing":
        return f"key '{place}' is missing"
    if not place.parts:
        return message.removeprefix("Value error, ")
    return problem_of(str(place), error["input"], place.field, _WORDS.get(kind, message))
