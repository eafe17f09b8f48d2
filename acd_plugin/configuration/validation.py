"""Turn untyped YAML data into strict pydantic models, with errors a person can act on."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Annotated, Any, ClassVar, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from acd_plugin.configuration.problems import problems_of
from acd_plugin.errors import refused


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


def parse(model: type[ModelT], data: Mapping[str, object], where: str) -> ModelT:
    """Return ``data`` as a ``model``; raise UserError naming ``where`` and every wrong key."""
    parsed, problems = checked(model, data)
    if parsed is None:
        raise refused(where, problems)
    return parsed


def checked(model: type[ModelT], data: Mapping[str, object]) -> tuple[ModelT | None, list[str]]:
    """Return ``data`` as a ``model``, or None and a line for every wrong key."""
    try:
        return model.model_validate(dict(data)), []
    except ValidationError as error:
        return None, problems_of(model, error.errors())


def sound_fields(model: type[Settings], data: Mapping[str, object]) -> dict[str, Any]:
    """Return of wrong ``data`` the fields that are right by themselves, defaults included.

    With them the mistakes that pydantic cannot see are looked for as well.
    """
    sound = {}
    for name, field in model.model_fields.items():
        key = field.alias or name
        if key not in data:
            if not field.is_required():
                sound[name] = field.get_default(call_default_factory=True)
            continue
        with suppress(ValidationError):
            sound[name] = field_type(model, name).validate_python(
                whole(data[key], field.annotation)
            )
    return sound


@cache
def field_type(model: type[Settings], name: str) -> TypeAdapter[Any]:
    """Return what validates the value of one field."""
    field = model.model_fields[name]
    kind: Any = (
        Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
    )
    return TypeAdapter(kind, config=model.model_config)


def whole(value: object, wanted: Any) -> object:
    """Return 1e6 as a million where ``wanted``, a type, is a whole number."""
    kinds = (wanted, *get_args(wanted))
    if isinstance(value, float) and value.is_integer() and int in kinds and float not in kinds:
        return int(value)
    return value


def _named(name: str) -> str:
    if not name.strip() or not name.isprintable():
        raise ValueError("a name must have letters or the like, all in one line")
    return name


def _path(text: str) -> str:
    if "\0" in text:
        raise ValueError("no path has a null byte")
    return text


PathText = Annotated[str, AfterValidator(_path)]
Name = Annotated[str, AfterValidator(_named)]  # of what a file makes, as reports and pages show it
