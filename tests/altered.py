"""Seeded damage: to bytes, to JSON, to nested states and to what lies in a folder."""

from __future__ import annotations

import copy
import json
import os
import random
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

BUSY = 120  # seconds of processor time after which something does not come to an end
PATIENCE = 900  # seconds after which something waits for ever, however busy the machine

ODD_VALUES: list[Any] = [
    *(None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63) - 1, 10**20, 10**400),
    *(0.0, -0.0, 0.5, 1e308, -1e308, float("nan"), float("inf"), float("-inf")),
    *("", "x", "\x00", "\ud800", "\x1b[31m", "a\nb", "../../etc/passwd", "1e6", "<b>|`$_{</b>"),
    *([], {}, [1], {"a": 1}, [[]], [None], [{}]),
]


@contextmanager
def in_time() -> Iterator[None]:
    """Raise TimeoutError in what takes too long."""

    def stop(*_: object) -> NoReturn:
        raise TimeoutError(f"after {BUSY} seconds of processor time, or {PATIENCE} seconds")

    numbers = (signal.SIGALRM, signal.SIGPROF)
    before = {number: signal.signal(number, stop) for number in numbers}
    signal.alarm(PATIENCE)
    signal.setitimer(signal.ITIMER_PROF, BUSY)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        for number, previous in before.items():
            signal.signal(number, previous)


def altered_bytes(content: bytes, rng: random.Random) -> bytes:
    """Return the content with a bit, a byte or a piece of it changed, lost, doubled or added."""
    data = bytearray(content)
    at, length = rng.randrange(len(data) + 1), rng.choice([1, 1, 2, 8, 100, 5000])
    piece = data[at : at + length]
    kind = rng.randrange(7)
    if kind == 0 and piece:
        data[at] ^= 1 << rng.randrange(8)
    elif kind == 1:
        data[at : at + length] = rng.randbytes(len(piece))
    elif kind == 2:
        del data[at : at + length]
    elif kind == 3:
        data[at:at] = piece
    elif kind == 4:
        data[at:at] = rng.randbytes(length)
    elif kind == 5:
        del data[at:]
    else:
        data[at : at + length] = bytes(len(piece))
    return bytes(data)


def places_in(value: Any) -> list[tuple[Any, Any]]:
    """Return all (container, key) in nested lists and dictionaries."""
    found = []
    waiting = [value]
    while waiting:
        container = waiting.pop()
        keys = list(container) if isinstance(container, dict) else range(len(container))
        for key in keys:
            found.append((container, key))
            if isinstance(container[key], dict | list):
                waiting.append(container[key])
    return found


def altered_value(
    value: Any, rng: random.Random, odd: Callable[[Any], Any], deepest: int = 500
) -> Any:
    """Return a copy in which one place is another value, lost, renamed or nested deeply."""
    value = copy.deepcopy(value)
    places = places_in(value)
    if not places:
        return odd(value)
    container, key = rng.choice(places)
    kind = rng.randrange(8)
    if kind == 0:
        del container[key]
    elif kind == 1 and isinstance(container, dict):
        container[f"{key}x"] = container.pop(key)
    elif kind == 2:
        for _ in range(rng.choice([5, deepest])):
            container[key] = [container[key]]
    else:
        container[key] = odd(container[key])
    return value


def altered_json(text: str, rng: random.Random) -> str:
    """Return a JSON text with another value somewhere, or with other letters."""
    if rng.random() < 0.3:
        return altered_bytes(text.encode(), rng).decode(errors="surrogateescape")
    value = altered_value(json.loads(text), rng, lambda _: rng.choice(ODD_VALUES))
    return json.dumps(value)


def altered_lines(text: str, rng: random.Random) -> str:
    """Return lines of JSON with one of them altered, doubled, moved or cut short."""
    lines = text.splitlines()
    at = rng.randrange(len(lines))
    kind = rng.randrange(4)
    if kind == 0:
        lines[at] = lines[at][: rng.randrange(len(lines[at]))]
    elif kind == 1:
        lines.insert(rng.randrange(len(lines)), lines[at])
    else:
        lines[at] = altered_json(lines[at], rng)
    return "\n".join(lines) + rng.choice(["\n", ""])


def replace(path: Path, rng: random.Random, secret: Path) -> str:
    """Put something else in the place of a file; returns what."""
    kind = rng.choice(["nothing", "link", "lost link", "loop", "pipe", "folder", "empty", "huge"])
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    if kind == "link":
        path.symlink_to(secret)
    elif kind == "lost link":
        path.symlink_to(path.parent / "nowhere")
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "empty":
        path.touch()
    elif kind == "huge":
        with path.open("wb") as file:
            file.truncate(2**40)
    return kind
