"""Settings as Python writes them, nested, turned into the keys with dots of a configuration."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path


def dotted(
    changes: Mapping[str, object], defaults: Mapping[str, object], prefix: str = ""
) -> dict[str, object]:
    """Return nested changes under keys with dots, as far down as the ``defaults`` go."""
    return dict(_dotted(changes, defaults, prefix))


def _dotted(
    changes: Mapping[str, object], defaults: Mapping[str, object], prefix: str
) -> Iterator[tuple[str, object]]:
    for key, value in changes.items():
        below = defaults.get(key)
        if isinstance(value, Mapping) and isinstance(below, Mapping) and below:
            yield from _dotted(value, below, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def command(config: str | Path, env: str | Path, changes: Mapping[str, object]) -> str:
    """Return the command line that trains the same."""
    words = ["acd-plugin", f"--config={config}", f"--env-config={env}"]
    overrides = [f"{key}={value}" for key, value in changes.items()]
    return shlex.join([*words, *(["with", *overrides] if overrides else [])])
