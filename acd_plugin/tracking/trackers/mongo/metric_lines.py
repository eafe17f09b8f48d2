"""Read a run's metrics line by line, as far as they are written, and again only what is new."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from acd_plugin.errors import UserError
from acd_plugin.tracking.metric_file import LONGEST_LINE, open_metrics, parse_point
from acd_plugin.tracking.plain_files import reason
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
            stat = self._path.lstat()
        except FileNotFoundError:
            return self._offset > 0
        return self._inode not in (None, stat.st_ino) or stat.st_size < self._offset

    def new_points(self) -> Iterator[dict[str, list[Point]]]:
        """Yield what is new in portions, by metric."""
        try:
            file = open_metrics(self._path)
        except FileNotFoundError:
            return
        except OSError as error:
            raise UserError(f"{self._path}: cannot be read ({reason(error)})") from None
        with file:
            self._inode = os.fstat(file.fileno()).st_ino
            file.seek(self._offset)
            pieces = iter(partial(file.readline, LONGEST_LINE + 1), b"")
            while lines := list(islice(pieces, _LINES_AT_ONCE)):
                if not lines[-1].endswith(b"\n") and len(lines[-1]) <= LONGEST_LINE:
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
            read = parse_point(line)
            if read is None:
                return
            point = Point(read["step"], read["value"], stored_date(read["time"]))
        except (ValueError, RecursionError):
            self.unreadable += 1
        else:
            points.setdefault(read["name"], []).append(point)
