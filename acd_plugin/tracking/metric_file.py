"""The file with everything that a run has measured: one line of JSON per number."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypedDict

from acd_plugin.tracking.run_folder import RunFolder, write_atomically


class Point(TypedDict):
    """One line: a number that was measured."""

    name: str
    step: int  # in environment steps
    value: float
    time: str


def read_metrics(folder: RunFolder, name: str | None = None) -> list[Point]:
    """Return the points of a run, or of one metric; a line that a kill cut short is left out."""
    if not folder.metrics.exists():
        return []
    points = []
    for line in folder.metrics.read_text().splitlines():
        if name is not None and f'"{name}"' not in line:
            continue  # reading JSON is what takes long
        try:
            points.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return points


def append_whole(path: Path, content: bytes) -> None:
    """Append everything or, when the disk is full, nothing; OSError then."""
    with path.open("ab") as file:
        size = file.tell()
        try:
            file.write(content)
            file.flush()
        except OSError:
            file.truncate(size)
            raise


def drop_metrics_after(folder: RunFolder, t_env: int) -> None:
    """Forget what was measured after the checkpoint from which a run goes on."""
    kept = [json.dumps(point) + "\n" for point in read_metrics(folder) if point["step"] <= t_env]
    write_atomically(folder.metrics, "".join(kept).encode())
