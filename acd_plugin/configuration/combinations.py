"""Lists of values of several settings, and the settings that they make together."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence


def crossed(lists: Mapping[str, Sequence[object]]) -> list[dict[str, object]]:
    """Return every combination, the last list's values next to each other."""
    return [dict(zip(lists, values, strict=True)) for values in itertools.product(*lists.values())]


def side_by_side(lists: Mapping[str, Sequence[object]]) -> list[dict[str, object]]:
    """Return the first values together, then the second ones; all lists are of one length."""
    return [dict(zip(lists, values, strict=True)) for values in zip(*lists.values(), strict=True)]
