"""The file with everything that a run has measured: one line of JSON per number.

It may hold millions of lines, and is never in memory as a whole.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TypedDict

from pydantic_core import from_json

from acd_plugin.errors import UserError
from acd_plugin.tracking.plain_files import open_plain, reason
from acd_plugin.tracking.plain_values import LARGEST_INTEGER, LARGEST_VALUE
from acd_plugin.tracking.run_folder import RunFolder, write_atomically

LONGEST_LINE = 4096  # bytes
_LARGEST_FILE = 2**32  # bytes
_PORTION = 2**20  # bytes that are looked through at once


class Point(TypedDict):
    """One line: a number that was measured."""

    name: str
    step: int  # in environment steps
    value: float
    time: str


def parse_point(line: bytes) -> Point | None:
    """Return a line's number, None if it is not finite; ValueError for a line that is damaged."""
    if len(line) > LONGEST_LINE:
        raise ValueError("too long a line")
    data = from_json(line)  # five times as fast as Python's own
    try:
        name, step, value, time = data["name"], data["step"], data["value"], data.get("time", "")
        if not (isinstance(name, str) and isinstance(time, str) and f"{name}{time}".isprintable()):
            raise TypeError
        if int(step) != step or not 0 <= step <= LARGEST_INTEGER or isinstance(value, str):
            raise TypeError
        number = float(value)
    except (AttributeError, KeyError, TypeError, OverflowError):
        raise ValueError("no number with a name and a step") from None
    if not abs(number) <= LARGEST_VALUE:
        return None
    return Point(name=name, step=int(step), value=number, time=time)


def iterate_metrics(folder: RunFolder, name: str | None = None) -> Iterator[Point]:
    """Yield the points of a run, or of one metric, in the order of the file.

    Left out are damaged lines, such as one that a kill cut short, and numbers that are not finite.
    Raises UserError when there is something else in the place of the file.
    """
    try:
        for point in _points(folder.metrics, name):
            if point is not None and (name is None or point["name"] == name):
                yield point
    except FileNotFoundError:
        return
    except OSError as error:
        raise UserError(
            f"{folder.metrics}: cannot be read ({reason(error)}): {folder.remedy}"
        ) from None


def read_metrics(folder: RunFolder, name: str | None = None) -> list[Point]:
    """Return what `iterate_metrics` yields."""
    return list(iterate_metrics(folder, name))


def last_step(folder: RunFolder) -> int | None:
    """Return the step of the last whole line, without reading the file."""
    try:
        with open_metrics(folder.metrics) as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 2 * LONGEST_LINE))
            lines = file.read().splitlines()
    except OSError:
        return None
    for line in reversed(lines):
        try:
            point = parse_point(line)
        except (ValueError, RecursionError):
            continue
        if point is not None:
            return point["step"]
    return None


def drop_metrics_after(folder: RunFolder, t_env: int) -> None:
    """Forget what was measured after the checkpoint from which a run goes on.

    A file of which nothing is to be forgotten, and no line is damaged, stays as it is.
    """
    try:
        if all(point and point["step"] <= t_env for point in _points(folder.metrics, None)):
            return
    except OSError:
        pass  # told below
    kept = (point for point in iterate_metrics(folder) if point["step"] <= t_env)
    lines = (f"{json.dumps(point)}\n".encode() for point in kept)
    write_atomically(folder.metrics, lambda file: file.writelines(lines))


def open_metrics(path: Path) -> BinaryIO:
    """Open a file of metrics; OSError when it is none."""
    file = open_plain(path)
    if os.fstat(file.fileno()).st_size > _LARGEST_FILE:
        file.close()
        raise OSError(errno.EFBIG, f"is larger than {_LARGEST_FILE:,} bytes", str(path))
    return file


def _points(path: Path, name: str | None) -> Iterator[Point | None]:
    """Yield what the lines tell, None for each that is damaged or holds no finite number."""
    for line in _lines(path, name):
        try:
            yield parse_point(line)
        except (ValueError, RecursionError):
            yield None


def _lines(path: Path, name: str | None) -> Iterator[bytes]:
    """Yield the lines of a file, or those that have this name in them."""
    wanted = None if name is None else json.dumps(name).encode()
    with open_metrics(path) as file:
        rest = b""
        while portion := file.read(_PORTION):
            whole, end, rest = (rest + portion).rpartition(b"\n")
            rest = rest[: LONGEST_LINE + 1]  # more of it would not make it shorter
            yield from _chosen(whole + end, wanted)
        yield from _chosen(rest, wanted)


def _chosen(lines: bytes, wanted: bytes | None) -> Iterator[bytes]:
    if wanted is None:
        yield from lines.splitlines()
        return
    place = lines.find(wanted)
    while place >= 0:
        end = lines.find(b"\n", place)
        end = len(lines) if end < 0 else end
        yield lines[lines.rfind(b"\n", 0, place) + 1 : end]
        place = lines.find(wanted, end)
