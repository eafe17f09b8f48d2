"""Packages that only a part of the Python interface needs."""

from __future__ import annotations

import importlib.util

from acd_plugin.errors import UserError


def need(package: str, extra: str, what: str) -> None:
    """Raise UserError, saying how to install it, when a package is missing."""
    if importlib.util.find_spec(package) is None:
        raise UserError(f"{what} needs the package {package}: pip install '.[{extra}]'")
