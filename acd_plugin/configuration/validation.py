"""Turn untyped YAML data into strict pydantic models, with errors a person can act on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from acd_plugin.configuration.problems import problems_of
from acd_plugin.errors import UserError


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
        problems = "; ".join(problems_of(model, error.errors()))
        raise UserError(f"{where}: {problems}") from None


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


Name = Annotated[str, AfterValidator(_named)]  # of what a file makes, as reports and pages show it
