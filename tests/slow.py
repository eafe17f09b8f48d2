"""Cases that `python -m pytest` leaves out and `python -m pytest --all` runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest


def slow(cases: Iterable[Any]) -> list[Any]:
    """Return parameter values marked slow, to stand beside those that always run."""
    return [
        pytest.param(*(case if isinstance(case, tuple) else [case]), marks=pytest.mark.slow)
        for case in cases
    ]


def slow_but(always: Callable[[Any], bool], cases: Iterable[Any]) -> list[Any]:
    """Return parameter values, those marked slow that are not ``always`` to run."""
    return [case if always(case) else slow([case])[0] for case in cases]
