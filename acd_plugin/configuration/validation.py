"""Turn untyped YAML data into strict pydantic models, with errors a person can act on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from acd_plugin.errors import UserError, listing, nearest


class Settings(BaseModel):
    """Base of every settings class: immutable, no unknown keys, no silent type conversion."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


ModelT = TypeVar("ModelT", bound=Settings)


def parse(model: type[ModelT], data: Mapping[str, Any], where: str) -> ModelT:
    """Return ``data`` as a ``model``; raise UserError naming ``where`` and every wrong key."""
    try:
        return model.model_validate(dict(data))
    except ValidationError as error:
        problems = [_describe(model, problem) for problem in error.errors()]
        raise UserError(f"{where}: " + "; ".join(problems)) from None


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML mapping with the safe loader; raise UserError when it is not one."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path}: no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read ({error})") from None
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{path}: not valid YAML ({reason})") from None
    except RecursionError:
        raise UserError(f"{path}: not valid YAML (nested too deeply)") from None
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
        raise UserError(f"{path}: expected 'key: value' lines, got {type(data).__name__}")
    return data


def _describe(model: type[BaseModel], problem: Any) -> str:
    location = [part for part in problem["loc"] if not str(part).startswith("function-")]
    key = ".".join(str(part) for part in location)
    if problem["type"] == "extra_forbidden":
        legal = _fields_at(model, location[:-1])
        hint = nearest(location[-1], legal)
        return f"unknown key '{key}'{hint} (legal: {listing(legal)})"
    if problem["type"] == "missing":
        return f"key '{key}' is missing"
    message = problem["msg"].removeprefix("Value error, ")
    if not key:
        return message
    got = repr(problem["input"])
    shown = got if len(got) <= 80 else got[:77] + "..."
    return f"'{key}' is {shown}: {message[:1].lower()}{message[1:]}"


def _fields_at(model: type[BaseModel], location: list[Any]) -> list[str]:
    """Follow ``location`` through nested models and return the field names found there."""
    current: type[BaseModel] = model
    for part in location:
        if isinstance(part, int) or part not in current.model_fields:
            continue
        nested = _model_in(current.model_fields[part].annotation)
        if nested is not None:
            current = nested
    return list(current.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in get_args(annotation):
        found = _model_in(argument)
        if found is not None:
            return found
    return None
