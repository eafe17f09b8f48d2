"""Nested settings by keys with dots, as they are written on the command line."""

from __future__ import annotations

from collections.abc import Mapping

from acd_plugin.errors import UserError


def flat(
    settings: Mapping[str, object], prefix: str = "", keep_empty: bool = False
) -> dict[str, object]:
    """Return settings with dots for nested keys; ``keep_empty`` keeps mappings without any."""
    found: dict[str, object] = {}
    for key, value in settings.items():
        if isinstance(value, Mapping) and (value or not keep_empty):
            found |= flat(value, f"{prefix}{key}.", keep_empty)
        else:
            found[prefix + key] = value
    return found


def dotted(
    changes: Mapping[str, object], defaults: Mapping[str, object], prefix: str = ""
) -> dict[str, object]:
    """Return nested changes under keys with dots, as far down as the ``defaults`` go.

    Raises UserError for a key that is no text, and for one that is named twice, nested and with
    dots: neither is the later one.
    """
    found: dict[str, object] = {}
    for key, value in changes.items():
        if not isinstance(key, str):
            raise UserError(f"'{prefix}{key}' is no key: the names of settings are text, in quotes")
        below = defaults.get(key)
        if isinstance(value, Mapping) and isinstance(below, Mapping) and below:
            told = dotted(value, below, f"{prefix}{key}.")
        else:
            told = {prefix + key: value}
        for one in told:
            if same := next((other for other in found if _overlap(one, other)), None):
                raise UserError(
                    f"'{one}' and '{same}' are set in one place, nested and with dots: keep one"
                    if one != same
                    else f"'{one}' is set twice in one place, nested and with dots: keep one"
                )
        found |= told
    return found


def _overlap(one: str, other: str) -> bool:
    """Whether two keys with dots are the same, or one lies in the other."""
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


def value_at(settings: Mapping[str, object], key: str) -> object:
    """Return the value, or the settings, under a key with dots; None if there is none."""
    found: object = settings
    for part in key.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def written(value: object) -> str:
    """Return a value as it is written behind ``key=``: the same text for 5 and 5.0."""
    text = str(value)
    return text.removesuffix(".0") if isinstance(value, float) else text
