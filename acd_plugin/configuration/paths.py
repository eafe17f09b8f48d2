"""Where the configuration files are: in a checkout beside the package, installed inside it."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_INSTALLED = _PACKAGE / "config_files"
_CHECKOUT = _PACKAGE.parent / "config"


def config_root() -> Path:
    """Return the folder that holds ``default.yaml``, ``algs/``, ``envs/`` and ``scenarios/``."""
    return _INSTALLED if (_INSTALLED / "default.yaml").exists() else _CHECKOUT


def names_in(folder: str) -> list[str]:
    """Return the sorted names of the YAML files in a folder of the configuration root."""
    return sorted(path.stem for path in (config_root() / folder).glob("*.yaml"))
