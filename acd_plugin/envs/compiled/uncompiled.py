"""Rules as Python, which checks what compiled code takes on trust.

Compiled code reads and writes wherever an index points; numpy, asked by Python, refuses what lies
outside an array.
"""

from __future__ import annotations

from types import FunctionType, ModuleType, SimpleNamespace

from numba.core.registry import CPUDispatcher

from acd_plugin.envs.compiled.content import Rule, plain


def as_python(rule: Rule, known: dict[FunctionType, FunctionType] | None = None) -> FunctionType:
    """Return a rule as Python that calls Python, by name or as a part of a module."""
    function = plain(rule)
    known = {} if known is None else known
    if function not in known:
        meanings = dict(function.__globals__)
        known[function] = FunctionType(
            function.__code__,
            meanings,
            function.__name__,
            function.__defaults__,
            function.__closure__,
        )
        used = function.__code__.co_names
        for name in used:
            value = meanings.get(name)
            if isinstance(value, CPUDispatcher):
                meanings[name] = as_python(value, known)
            elif isinstance(value, ModuleType):
                parts = {part: getattr(value, part, None) for part in used}
                rules = {
                    part: as_python(found, known)
                    for part, found in parts.items()
                    if isinstance(found, CPUDispatcher)
                }
                if rules:
                    meanings[name] = SimpleNamespace(**{**vars(value), **rules})
    return known[function]
