"""``metrics.json``: a run's metrics as Sacred's own observer would have written them."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Sequence

from acd_plugin.tracking.metric_file import iterate_metrics
from acd_plugin.tracking.run_folder import RunFolder

_AT_ONCE = 10_000  # numbers that are made into text


class _Series:
    """One metric, in little memory: there may be millions of points."""

    def __init__(self) -> None:
        self.steps = array("q")
        self.values = array("d")
        self.times: list[str] = []


def exported(folder: RunFolder) -> Iterator[bytes]:
    """Yield the file in pieces."""
    found: dict[str, _Series] = {}
    for point in iterate_metrics(folder):
        series = found.setdefault(point["name"], _Series())
        series.steps.append(point["step"])
        series.values.append(point["value"])
        series.times.append(point["time"])
    yield b"{"
    for number, (name, series) in enumerate(sorted(found.items())):
        yield (",\n" if number else "\n").encode() + json.dumps(name).encode() + b': {"steps": ['
        yield from _listed(series.steps)
        yield b'],\n "timestamps": ['
        yield from _listed(series.times)
        yield b'],\n "values": ['
        yield from _listed(series.values)
        yield b"]}"
    yield b"\n}\n"


def _listed(values: Sequence[object]) -> Iterator[bytes]:
    for start in range(0, len(values), _AT_ONCE):
        text = json.dumps(list(values[start : start + _AT_ONCE]))[1:-1]
        yield (", " if start else "").encode() + text.encode()
