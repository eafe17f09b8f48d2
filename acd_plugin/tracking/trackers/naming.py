"""What trackers call runs and metrics: the same in all of them."""

from __future__ import annotations

from collections.abc import Mapping

_TEST = "test_"


def tag(metric: str) -> str:
    """Return a recorded metric's name in a group, ``train/...`` or ``test/...``."""
    if metric.startswith(_TEST):
        return f"test/{metric.removeprefix(_TEST)}"
    return f"train/{metric}"


def run_name(config: Mapping[str, object]) -> str:
    """Return a run's name, as the commands have it: ``dial on cyborg_small, seed 0``."""
    return f"{config.get('name')} on {config.get('env_name')}, seed {config.get('seed') or 0}"


def flat(config: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    """Return settings with dots for nested keys."""
    settings: dict[str, object] = {}
    for key, value in config.items():
        if isinstance(value, Mapping):
            settings |= flat(value, f"{prefix}{key}.")
        else:
            settings[prefix + key] = value
    return settings
