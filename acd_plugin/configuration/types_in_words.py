"""Types of settings, looked into and put in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

_KINDS: dict[object, str] = {
    bool: "True or False",
    int: "a whole number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "settings, as {key: value}",
}


def legal_values(field: FieldInfo) -> str:
    """Return the values that a field may have, if a few words can say it."""
    return _legal(field.annotation) or _limits(field.metadata)


def types_in_words(types: Sequence[object]) -> str:
    """Return what a value of one of these types is, as `must be ...` goes on."""
    told = [kind for kind in types if not (kind is int and float in types)]
    return ", or ".join(map(_in_words, told))


def _in_words(kind: object) -> str:
    kind = _bare(kind)
    origin = get_origin(kind) or kind
    if origin is Literal:
        return ", ".join(map(str, get_args(kind)))
    if origin is list and get_args(kind) == (str,):
        return "a list of texts"
    if isinstance(origin, type) and issubclass(origin, BaseModel):
        return f"settings with the keys {', '.join(keys_of(origin))}"
    return _KINDS.get(origin, str(origin))


def types_of(kind: object) -> list[object]:
    """Return the types of which a value may be, None left out."""
    kind = _bare(kind)
    several = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    return [_bare(one) for one in several if one is not type(None)] or [kind]


def is_called(kind: object, name: str) -> bool:
    """Whether pydantic calls a type so: ``list[str]``, ``function-after[check(), Range]``."""
    origin = get_origin(kind) or kind
    if origin is Literal:
        return name.startswith("literal[")
    own = getattr(origin, "__name__", "")
    return (
        own in name
        if isinstance(origin, type) and issubclass(origin, BaseModel)
        else (name.removeprefix("constrained-").partition("[")[0] == own)
    )


def field_in(kind: object, part: object) -> FieldInfo:
    """Return what is said of a key of settings, of an item of a list or of a value of a mapping."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return keys_of(kind).get(str(part), FieldInfo(annotation=None))
    arguments = get_args(kind)
    return FieldInfo.from_annotation(arguments[-1] if arguments else object)


def keys_of(kind: object) -> Mapping[str, FieldInfo]:
    """Return the keys of settings, as they are written in files; none of any other type."""
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return {}
    return {field.alias or name: field for name, field in kind.model_fields.items()}


def _bare(kind: Any) -> Any:
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _legal(kind: Any) -> str:
    """Return the values of a type, if it names them."""
    if kind is bool:
        return "True, False"
    if get_origin(kind) is Literal:
        return ", ".join(map(str, get_args(kind)))
    if get_origin(kind) is Annotated:
        return " ".join(_limits(told.metadata) for told in get_args(kind)[1:])
    if get_origin(kind) in (Union, UnionType):
        return ", or ".join(filter(None, map(_legal, get_args(kind))))
    return ""


def _limits(metadata: Iterable[object]) -> str:
    limits = {
        name: getattr(limit, name)
        for limit in metadata
        for name in ("ge", "gt", "le", "lt")
        if getattr(limit, name, None) is not None
    }
    words = {"ge": "from {}", "gt": "above {}", "le": "to {}", "lt": "to below {}"}
    return " ".join(words[name].format(f"{limit:,.16g}") for name, limit in limits.items())
