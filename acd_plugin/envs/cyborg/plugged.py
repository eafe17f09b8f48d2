"""Functions of a user's own that become part of the compiled game."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.compiled.content import Rule, Sources, is_rule, plain, sources_of
from acd_plugin.errors import UserError

RuleT = TypeVar("RuleT", bound=Callable[..., object])
_PACKAGE = Path(__file__).resolve().parents[2]


def checked_rule(
    kind: str, name: str, rule: RuleT, arguments: tuple[str, ...], known: Mapping[str, object]
) -> RuleT:
    """Return ``rule``, compiled; UserError when it cannot be one or its name is taken."""
    wanted = f"def {name}({', '.join(arguments)})"
    if not is_rule(rule):
        raise UserError(f"{kind} '{name}' is {rule!r}: must be a function, {wanted}")
    found = tuple(inspect.signature(plain(rule)).parameters)
    if found != arguments:
        raise UserError(f"{kind} '{name}' is a function of ({', '.join(found)}): must be {wanted}")
    if name in known:
        raise UserError(f"{kind} '{name}' is registered already: choose another name")
    return rule if hasattr(rule, "py_func") else compiled(rule)


def users_part(functions: Iterable[Rule]) -> Sources:
    """Return what the functions are made from that is not in this package."""
    return sources_of(functions).outside(_PACKAGE)
