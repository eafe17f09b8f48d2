"""What a command is asked for, checked as far as it can be before anything large is loaded."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from acd_plugin.configuration.layers import read_overrides
from acd_plugin.configuration.number_ranges import is_range, read_numbers
from acd_plugin.errors import UserError
from acd_plugin.tracking.results import find_run

_PLACES = ("folder", "name", "out", "plan", "results", "run", "runs")
_FILES = {".pt": "checkpoint", ".safetensors": "exported policy"}


def check_words(options: argparse.Namespace) -> None:
    """Raise UserError for settings that cannot be read, and for a run that is not there."""
    for key in _PLACES:
        given = getattr(options, key, None)
        if given == "" or (isinstance(given, list) and "" in given):
            raise UserError(f"{key} is '': name a file or a folder")
    read_overrides(getattr(options, "overrides", []))
    for name in _named(options):
        kind = _FILES.get(Path(name).suffix)
        if kind is None:
            find_run(name, options.results)
        elif not Path(name).exists():
            raise UserError(f"{name}: no such {kind}")


def _named(options: argparse.Namespace) -> Iterator[str]:
    if hasattr(options, "run"):
        yield options.run
    yield from several_runs(getattr(options, "runs", []))


def several_runs(words: Sequence[str]) -> list[str]:
    """Return runs by name; ``3..9`` and ``results/3..9`` are several."""
    names = []
    for word in words:
        path = Path(word)
        if is_range(path.name) and not path.exists():
            numbers = [str(number) for number in read_numbers(path.name, "runs")]
            names += numbers if path.parent == Path() else [str(path.parent / n) for n in numbers]
        else:
            names.append(word)
    return names
