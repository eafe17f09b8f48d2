"""A tracker of one's own: all numbers of a run as a table, for a spreadsheet.

    python main.py --config=examples/tracker/table.yaml --env-config=cyborg_small

Every run gets a file ``table.csv`` in its folder.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from acd_plugin.tracking.trackers import TRACKERS


class Table:
    """Writes a row for every number."""

    def __init__(self, folder: Path, config: Mapping[str, object]) -> None:
        self._file = (folder / "table.csv").open("a", newline="")
        self._rows = csv.writer(self._file)
        self._seed = config["seed"]

    def write(self, name: str, value: float, step: int) -> None:
        self._rows.writerow([self._seed, step, name, value])

    def close(self) -> None:
        self._file.close()


TRACKERS["table"] = Table
