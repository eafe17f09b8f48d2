"""Where runs are: the folders in a folder of results, and archives of published ones."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from acd_plugin.errors import UserError, listing, nearest
from acd_plugin.tracking.archive import ENDING, is_archive, unpacked
from acd_plugin.tracking.ownership import OwnedError, is_owned, owner_in_words
from acd_plugin.tracking.run_folder import RunFolder

# What lies beside the runs in a folder of results and is not the user's to write into.
CLAIMS, LOGS, PLANS, SEARCHES = ".claims", "logs", "plans", "search"
_MARKS = ("run.json", "config.json", "metrics.jsonl")


def run_folders(results: Path) -> list[RunFolder]:
    """Return all runs in a folder or an archive, damaged ones too, in the order of their numbers.

    The runs of archives that lie in a folder follow its own, each called ``ARCHIVE/RUN``. Raises
    UserError when ``results`` is itself an archive that cannot be read.
    """
    if is_archive(results):
        return _runs_in(unpacked(results), results)
    found = _runs_in(results, results)
    for archive in sorted(results.glob(f"*{ENDING}")):
        try:
            found += _runs_in(unpacked(archive), archive, f"{archive.name}/")
        except UserError:
            found.append(RunFolder(archive))  # a run that cannot be read
    return found


def _runs_in(folder: Path, place: Path, prefix: str = "") -> list[RunFolder]:
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if _has_mark(entry.path)]
    except OSError:
        return []  # there is no such folder
    return [
        RunFolder(folder / name, place / name, prefix + name) for name in sorted(names, key=_number)
    ]


def _has_mark(path: str | Path) -> bool:
    """Whether a folder is a run's, a damaged one's too."""
    return any(os.path.lexists(os.path.join(path, mark)) for mark in _MARKS)  # noqa: PTH118 - faster


def run_around(path: Path) -> Path | None:
    """Return the run folder that a path is, or lies in."""
    places = (path.resolve(), *path.resolve().parents)
    return next((place for place in places if (place / "run.json").is_file()), None)


def refuse_inside(target: Path, remedy: str = "give another target") -> None:
    """Raise UserError, which tells the remedy, for a place that is a run's or the program's own."""
    if run := run_around(target):
        raise UserError(f"'{target}' is in the folder of run {run.name}: {remedy}")
    for place in (target.resolve(), *target.resolve().parents):
        if place.name in (CLAIMS, LOGS, PLANS, SEARCHES) and _runs_in(place.parent, place.parent):
            raise UserError(
                f"'{target}' is in the folder '{place.name}' of the runs' folder of results, which "
                f"the program keeps: {remedy}"
            )


def _number(name: str) -> tuple[int, str]:
    return (int(name) if name.isdecimal() else sys.maxsize, name)


def refuse_in_use(name: str, results: str) -> None:
    """Raise OwnedError while a process trains the run that a name, or a checkpoint, belongs to."""
    path = Path(name)
    folder = RunFolder(path.parent.parent) if name.endswith(".pt") else find_run(name, results)
    if is_owned(folder.owner):
        raise OwnedError(f"{folder} is in use by {owner_in_words(folder.owner)}: wait for it")


def find_run(name: str, results: str) -> RunFolder:
    """Return the run with this id in ``results``, or else at this path; UserError otherwise."""
    for path in (Path(results) / name, Path(name)):
        if _has_mark(path):
            return RunFolder(path)
        if is_archive(path.parent):
            for folder in run_folders(path.parent):
                if folder.id == path.name:
                    return folder
    known = [folder.id for folder in run_folders(Path(results))]
    raise UserError(
        f"no run '{name}'{nearest(name, known)} (runs in {results}: {listing(known) or 'none'}; "
        "or give the path of a run folder)"
    )
