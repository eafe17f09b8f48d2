"""What trackers call metrics: the same in all of them."""

from __future__ import annotations

_TEST = "test_"


def tag(metric: str) -> str:
    """Return a recorded metric's name in a group, ``train/...`` or ``test/...``."""
    if metric.startswith(_TEST):
        return f"test/{metric.removeprefix(_TEST)}"
    return f"train/{metric}"
