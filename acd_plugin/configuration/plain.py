"""Settings as Python's own values: loops over ``np.linspace`` and the like give numpy's."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np


def plain(settings: Mapping[str, object]) -> dict[str, object]:
    """Return settings with Python's numbers for numpy's, and lists for arrays, however deep."""
    return {key: _plain(value) for key, value in settings.items()}


def _plain(value: object) -> object:
    if isinstance(value, np.generic | np.ndarray):
        own: object = value.tolist()
        return own
    if isinstance(value, Mapping):
        return plain(value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value
