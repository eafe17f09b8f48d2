"""Read a run's metrics line by line, as far as they are written, and again only what is new."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from acd_plugin.tracking.trackers.mongo.run_documents import stored_date

_LINES_AT_ONCE = 20_000  # bounds the memory that a long run takes


class Point(NamedTuple):
    """One measured number."""

    step: int
    value: float
    time: datetime


class MetricLines:
    """Hands out the points of a metrics file, each once, until `restart`.

    Left out are numbers that are not finite (Omniboard draws them as 0) and lines that cannot be
    read, which `unreadable` counts. A last line without its end is still being written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.restart()

    def restart(self) -> None:
        """Begin with the first line again."""
        self._offset = 0
        self._inode: int | None = None
        self.unreadable = 0

    def were_replaced(self) -> bool:
        """Return whether the file is not the one that was read: a run went on from earlier."""
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            return self._offset > 0
        return self._inode not in (None, stat.st_ino) or stat.st_size < self._offset

    def new_points(self) -> Iterator[dict[str, list[Point]]]:
        """Yield what is new in portions, by metric."""
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            self._inode = self._path.stat().st_ino
            file.seek(self._offset)
            while lines := list(islice(file, _LINES_AT_ONCE)):
                if not lines[-1].endswith(b"\n"):
                    lines.pop()
                points: dict[str, list[Point]] = {}
                for line in lines:
                    self._offset += len(line)
                    self._add(points, line)
                if points:
                    yield points
                if len(lines) < _LINES_AT_ONCE:
                    return

    def _add(self, points: dict[str, list[Point]], line: bytes) -> None:
        try:
            data = json.loads(line)
            name, value = str(data["name"]), float(data["value"])
            point = Point(int(data["step"]), value, stored_date(data["time"]))
        except (ValueError, TypeError, KeyError, UnicodeDecodeError):
            self.unreadable += 1
            return
        if math.isfinite(value):
            points.setdefault(name, []).append(point)
