"""Settings as Python writes them, turned into words of the command line."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path


def command(config: str | Path, env: str | Path, changes: Mapping[str, object]) -> str:
    """Return the command line that trains the same."""
    words = ["acd-plugin", f"--config={config}", f"--env-config={env}"]
    overrides = [f"{key}={value}" for key, value in changes.items()]
    return shlex.join([*words, *(["with", *overrides] if overrides else [])])
