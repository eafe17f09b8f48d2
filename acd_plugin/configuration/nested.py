"""Nested settings by keys with dots, as they are written on the command line."""

from __future__ import annotations

from collections.abc import Mapping


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
