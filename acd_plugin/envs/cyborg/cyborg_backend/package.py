"""Find the user's CybORG and import it."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from pathlib import Path

from acd_plugin.envs.cyborg.cyborg_backend import shims
from acd_plugin.errors import UserError

VARIABLE = "CYBORG_HOME"
SUPPORTED = "3.1"
_HOW = (
    f"set {VARIABLE}=/path/to/checkout of github.com/cage-challenge/CybORG, version {SUPPORTED} "
    "(the package of that name on PyPI is another one)"
)
_IMPORTED = ("gymnasium", "networkx", "prettytable", "yaml")  # gymnasium for gym
_INSTALL = "pip install -c constraints.txt '.[cyborg]' in the checkout of this program"


def check_cyborg() -> None:
    """Raise UserError unless there is a CybORG, and every package that it imports."""
    package = find_cyborg()
    missing = [name for name in _IMPORTED if importlib.util.find_spec(name) is None]
    if missing:
        raise UserError(
            f"CybORG in {package.parent} needs packages that are not installed "
            f"({', '.join(missing)}): {_INSTALL}"
        )


def find_cyborg() -> Path:
    """Return the package's folder without importing it.

    ``CYBORG_HOME`` comes first, then what ``import CybORG`` would find. Raises UserError when there
    is none, or one of another version.
    """
    home = os.environ.get(VARIABLE)
    if home:
        package = Path(home).expanduser().resolve() / "CybORG"
        if not (package / "__init__.py").is_file():
            raise UserError(f"{VARIABLE} is '{home}', which has no package CybORG in it: {_HOW}")
    else:
        package = _installed()
    version = _version(package)
    if version != SUPPORTED:
        raise UserError(
            f"CybORG in {package.parent} is version {version}: backend=cyborg plays on {SUPPORTED} "
            f"only, others have another interface; {_HOW}"
        )
    return package


def _installed() -> Path:
    spec = importlib.util.find_spec("CybORG")
    if spec is None or spec.origin is None:
        raise UserError(f"backend=cyborg needs CybORG, which cannot be imported: {_HOW}")
    return Path(spec.origin).parent


def _version(package: Path) -> str:
    try:
        return (package / "version.txt").read_text().strip()
    except OSError:
        return "unknown (it has no version.txt)"


def import_cyborg() -> Path:
    """Import CybORG into this process and return the package's folder; UserError if it cannot."""
    package = find_cyborg()
    home = str(package.parent)
    if home not in sys.path:
        sys.path.insert(0, home)
    try:
        shims.alias_gym()
        shims.stand_in_for_paramiko()
        importlib.import_module("CybORG")
    except ImportError as error:
        raise UserError(
            f"CybORG in {home} cannot be imported ({error}); what it needs: {_INSTALL}"
        ) from error
    return package
