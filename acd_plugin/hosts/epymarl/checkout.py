"""Find a user's EPyMARL checkout and make its modules importable, without touching it."""

from __future__ import annotations

import importlib
import os
import sys
import warnings
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from acd_plugin.errors import UserError

_STAND_INS = Path(__file__).parent / "stand_ins"
_NEEDED = (
    "run.py",
    "config/default.yaml",
    "components/episode_buffer.py",
    "controllers/__init__.py",
    "envs/__init__.py",
    "learners/__init__.py",
    "modules/agents/__init__.py",
    "runners/__init__.py",
    "utils/logging.py",
)
# EPyMARL's modules have bare names, which must not mean something else in this process.
_NAMES = ("run", "envs", "runners", "learners", "controllers", "components", "modules", "utils")


class Checkout(NamedTuple):
    """Where EPyMARL is, and who said so."""

    home: Path
    reason: str

    @property
    def source(self) -> Path:
        return self.home / "src"

    @property
    def config(self) -> Path:
        return self.source / "config"


def find_checkout(option: str | None) -> Checkout | None:
    """Return the checkout that ``--epymarl`` or EPYMARL_HOME names, None if neither does.

    Raises UserError when there is none at that place.
    """
    if option is not None:
        found = Checkout(Path(option).resolve(), f"--epymarl={option}")
    elif os.environ.get("EPYMARL_HOME"):
        home = os.environ["EPYMARL_HOME"]
        found = Checkout(Path(home).resolve(), f"EPYMARL_HOME={home}")
    else:
        return None
    missing = [name for name in _NEEDED if not (found.source / name).is_file()]
    if missing:
        raise UserError(
            f"{found.reason}: no EPyMARL checkout there ({found.source / missing[0]} is missing); "
            "give the folder of a clone of uoe-agents/epymarl"
        )
    return found


def import_from(checkout: Checkout, name: str) -> ModuleType:
    """Import one of EPyMARL's modules; UserError names a package that it lacks.

    The checkout comes first on the path and our stand-ins for packages that cannot be installed
    come last, so that the real ones win. They are files, not objects in ``sys.modules``, because
    worker processes may have to import them again.
    """
    for taken in _NAMES:
        module = sys.modules.get(taken)
        origin = _origin(module) if module is not None else str(checkout.source)
        if not origin.startswith(str(checkout.source)):
            raise UserError(
                f"a module called '{taken}' is already imported from {origin or 'elsewhere'}, and "
                "EPyMARL needs that name: start it in a process of its own"
            )
    if str(checkout.source) not in sys.path:
        sys.path.insert(0, str(checkout.source))
    if str(_STAND_INS) not in sys.path:
        sys.path.append(str(_STAND_INS))
    # Environments that EPyMARL could also play are nobody's concern here.
    warnings.filterwarnings("ignore", message="(PettingZoo|VMAS) is not installed")
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise UserError(
            f"{checkout.reason}: EPyMARL needs the package '{error.name}': pip install {error.name}"
        ) from None


def _origin(module: ModuleType) -> str:
    """Return the file of a module, or the folder of a package that has no file."""
    return module.__file__ or str(next(iter(getattr(module, "__path__", [])), ""))
