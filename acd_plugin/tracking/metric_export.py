"""``metrics.json``: a run's metrics as Sacred's own observer would have written them."""

from __future__ import annotations

import io
import json
from array import array
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import BinaryIO

from acd_plugin.tracking.metric_file import iterate_metrics
from acd_plugin.tracking.run_folder import RunFolder

_AT_ONCE = 10_000  # numbers that are made into text


class _Series:
    """One metric, in little memory: there may be millions of points."""

    def __init__(self) -> None:
        self.steps = array("q")
        self.values = array("d")
        self._times = io.BytesIO()

    def add_time(self, time: str) -> None:
        self._times.write(f"{time}\n".encode())

    def times(self) -> Iterator[str]:
        self._times.seek(0)
        return (line.decode()[:-1] for line in self._times)


def export(folder: RunFolder, file: BinaryIO) -> None:
    """Write all metrics of a run into a file."""
    found: dict[str, _Series] = {}
    for point in iterate_metrics(folder):
        series = found.setdefault(point["name"], _Series())
        series.steps.append(point["step"])
        series.values.append(point["value"])
        series.add_time(point["time"])
    file.write(b"{")
    for number, (name, series) in enumerate(sorted(found.items())):
        file.write(f"{',' if number else ''}\n{json.dumps(name)}: ".encode())
        file.write(b'{"steps": [')
        file.writelines(_listed(series.steps))
        file.write(b'],\n "timestamps": [')
        file.writelines(_listed(series.times()))
        file.write(b'],\n "values": [')
        file.writelines(_listed(series.values))
        file.write(b"]}")
    file.write(b"\n}\n")


def _listed(values: Iterable[object]) -> Iterator[bytes]:
    source, between = iter(values), ""
    while portion := list(islice(source, _AT_ONCE)):
        yield f"{between}{json.dumps(portion)[1:-1]}".encode()
        between = ", "
