"""Turn untyped YAML data into strict pydantic models, with errors a person can act on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import UnionType
from typing import Annotated, Any, ClassVar, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError, ValidationInfo, field_validator
from pydantic.fields import FieldInfo

from acd_plugin.errors import UserError, brief, listing, nearest


class Settings(BaseModel):
    """Base of every settings class: immutable, no unknown keys, no silent type conversion.

    Numbers are finite, unless a field is made with ``allow_inf_nan=True``; where a whole one is
    wanted, 1e6 is a million.
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)
    declares_keys: ClassVar[bool] = False  # whether its fields are keys of a configuration

    @field_validator("*", mode="before")
    @classmethod
    def _whole_numbers(cls, value: object, info: ValidationInfo) -> object:
        field = cls.model_fields.get(str(info.field_name))
        return value if field is None else whole(value, field.annotation)


ModelT = TypeVar("ModelT", bound=Settings)


def parse(model: type[ModelT], data: Mapping[str, Any], where: str) -> ModelT:
    """Return ``data`` as a ``model``; raise UserError naming ``where`` and every wrong key."""
    try:
        return model.model_validate(dict(data))
    except ValidationError as error:
        problems = [_describe(model, problem) for problem in error.errors()]
        raise UserError(f"{where}: " + "; ".join(problems)) from None


def whole(value: object, wanted: Any) -> object:
    """Return 1e6 as a million where ``wanted``, a type, is a whole number."""
    kinds = (wanted, *get_args(wanted))
    if isinstance(value, float) and value.is_integer() and int in kinds and float not in kinds:
        return int(value)
    return value


def problem_of(key: str, value: object, field: FieldInfo, message: str) -> str:
    """Return what is wrong with a key's value, in pydantic's words, and what is legal."""
    message = message.removeprefix("Value error, ")
    legal = legal_values(field)
    hint = f" (legal: {legal})" if legal else ""
    return f"'{key}' is {brief(repr(value))}: {message[:1].lower()}{message[1:]}{hint}"


def legal_values(field: FieldInfo) -> str:
    """Return the values that a field may have, if a few words can say it."""
    return _legal(field.annotation) or _limits(field.metadata)


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


def _describe(model: type[BaseModel], problem: Any) -> str:
    location = [part for part in problem["loc"] if not str(part).startswith("function-")]
    key = ".".join(str(part) for part in location)
    if problem["type"] == "extra_forbidden":
        legal = _fields_at(model, location[:-1])
        hint = nearest(location[-1], legal)
        return f"unknown key '{brief(key)}'{hint} (legal: {listing(legal)})"
    if problem["type"] == "missing":
        return f"key '{key}' is missing"
    message: str = problem["msg"]
    if not key:
        return message.removeprefix("Value error, ")
    field = _fields_at(model, location[:-1]).get(location[-1], FieldInfo())
    return problem_of(key, problem["input"], field, message)


def _fields_at(model: type[BaseModel], location: list[Any]) -> dict[str, FieldInfo]:
    """Follow ``location`` through nested models and return the fields found there."""
    current: type[BaseModel] = model
    for part in location:
        if isinstance(part, int) or part not in current.model_fields:
            continue
        nested = _model_in(current.model_fields[part].annotation)
        if nested is not None:
            current = nested
    return current.model_fields


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in get_args(annotation):
        found = _model_in(argument)
        if found is not None:
            return found
    return None
